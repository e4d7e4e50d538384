import { expect, test } from 'vitest';
import { accountKey, networkOf } from '../../../src/helpdesk/accounts/attempts.ts';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('an account is counted as one in whatever case its address is typed', () => {
  expect(accountKey('Ada@Example.com')).toBe(accountKey('ada@example.com'));
  expect(accountKey('ada@example.com')).not.toContain('ada');
});
