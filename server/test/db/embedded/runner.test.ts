import { expect, it } from 'vitest';
import { decideRunner, parseAccounts } from '../../../src/db/embedded/runner.ts';

const account = { uid: 65_534, gid: 65_534 };
const root = { uid: 0, owner: undefined, account, canUnshare: true };

it('runs as itself when that is not root', () => {
  expect(decideRunner({ uid: 1001, owner: 1001, account: undefined, canUnshare: false })).toEqual({
    prefix: [],
  });
});

it('runs as root under another number in a user namespace, where that may be', () => {
  const { prefix, ids } = decideRunner(root);
  expect(prefix).toEqual(['unshare', '--user', '--map-user=65534', '--map-group=65534', '--']);
  expect(ids).toBeUndefined();
});

it('turns as root into an account without rights, where namespaces may not be', () => {
  expect(decideRunner({ ...root, canUnshare: false })).toEqual({ prefix: [], ids: account });
  expect(decideRunner({ ...root, owner: 0, canUnshare: false })).toEqual({ prefix: [], ids: account });
});

it('keeps to the account that it turned into before', () => {
  expect(decideRunner({ ...root, owner: 65_534 })).toEqual({ prefix: [], ids: account });
});

it('says what to do where a root has no way', () => {
  const stuck = { ...root, account: undefined, canUnshare: false };
  expect(() => decideRunner(stuck)).toThrow(/as another user, or set DATABASE_URL/);
});

it.each([
  { uid: 0, owner: 1001 },
  { uid: 1001, owner: 0 },
  { uid: 1001, owner: 65_534 },
])('refuses as user $uid a folder of user $owner', ({ uid, owner }) => {
  expect(() => decideRunner({ ...root, uid, owner })).toThrow(`belongs to user ${owner}`);
});

it('reads the accounts without rights from the password file', () => {
  const passwd =
    'root:x:0:0::/root:/bin/sh\nnobody:*:-2:-2::/:/bin/false\npostgres:x:101:104:,,,:/var:/bin/sh\n';
  expect(parseAccounts(passwd)).toEqual([{ uid: 101, gid: 104 }]);
  expect(parseAccounts('')).toEqual([]);
});
