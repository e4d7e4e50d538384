import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createVirusTotal } from '../../../src/attachments/index.ts';
import { ScannerUnavailable } from '../../../src/attachments/scan/scanner.ts';
import { scannerContract } from '../../contracts/scanner.ts';
import { EICAR } from '../../support/eicar.ts';
import { type Answer, fakeVirusTotal, report, unknown } from '../../support/fake-virustotal.ts';
import { freePort } from '../../support/free-port.ts';
import { scannable, unaborted } from '../../support/scannable.ts';

const CLEAN = randomBytes(1000);

describe('keeps the contract', () => {
  scannerContract(async () => {
    const virusTotal = await fakeVirusTotal([
      [CLEAN, { undetected: 70 }],
      [EICAR, { malicious: 66, undetected: 4 }],
    ]);
    const hung = await fakeVirusTotal();
    hung.behave(() => {});
    const connect = (origin: string) => createVirusTotal({ apiKey: 'key', origin, patience: 1000 });
    return {
      // One may ask four times a minute: a new one each time.
      scanner: { ...connect(virusTotal.origin), scan: (...args) => connect(virusTotal.origin).scan(...args) },
      away: connect(`http://127.0.0.1:${await freePort()}`),
      hung: connect(hung.origin),
      ...{ clean: CLEAN, infected: EICAR, unscannable: Buffer.from('a letter'), reads: false },
      close: async () => void (await Promise.all([virusTotal.close(), hung.close()])),
    };
  });
});

let virusTotal: Awaited<ReturnType<typeof fakeVirusTotal>>;
beforeAll(async () => {
  virusTotal = await fakeVirusTotal();
});
beforeEach(() => {
  virusTotal.requests.length = 0;
});
afterAll(() => virusTotal?.close());

const scanner = () => createVirusTotal({ apiKey: 'the-key', origin: virusTotal.origin, patience: 300 });
const scan = async (answer: Answer, by = scanner()) => {
  virusTotal.behave(answer);
  return (await by.scan(scannable(CLEAN), unaborted)).finding;
};

test('asks for the hash and sends nothing else', async () => {
  await scan(report({ undetected: 70 }));
  const { sha256, opened } = scannable(CLEAN);
  expect(virusTotal.requests).toEqual([
    { method: 'GET', url: `/api/v3/files/${sha256}`, key: 'the-key', body: 0 },
  ]);
  expect(opened).toEqual([]);
});

test.each([
  [
    { malicious: 2, undetected: 68 },
    { verdict: 'infected', signature: '2 of 70 engines' },
  ],
  [
    { malicious: 1, undetected: 69 },
    { verdict: 'unscannable', reason: 'suspected by 1 of 70 engines' },
  ],
  [
    { suspicious: 3, harmless: 60 },
    { verdict: 'unscannable', reason: 'suspected by 3 of 63 engines' },
  ],
  [{ undetected: 60, harmless: 5 }, { verdict: 'clean' }],
  [{ undetected: 2 }, { verdict: 'unscannable', reason: 'looked at by 2 engines of VirusTotal only' }],
  [{}, { verdict: 'unscannable', reason: 'looked at by 0 engines of VirusTotal only' }],
])('judges %o', async (known, finding) => {
  expect(await scan(report(known))).toEqual(finding);
});

test('what it does not know is not clean', async () => {
  expect(await scan(unknown)).toEqual({ verdict: 'unscannable', reason: 'not known to VirusTotal' });
});

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end('{"data":{}}');

test.each<[string, Answer]>([
  ['the quota is used up', status(429)],
  ['the key is wrong', status(401)],
  ['the key may not', status(403)],
  ['it is broken', status(500)],
  ['it is overloaded', status(503)],
  ['it answers with nothing', status(204)],
  ['it sends somewhere else', (_, response) => response.writeHead(302, { location: '/' }).end()],
  ['it talks nonsense', (_, response) => response.end('<html>')],
  ['the report is another thing', (_, response) => response.end('null')],
  [
    'the report says nothing of engines',
    (_, response) => response.end('{"data":{"type":"file","attributes":{}}}'),
  ],
  ['the report is of another file', report({ undetected: 70 }, 'ab'.repeat(32))],
  ['it counts wrongly', report({ malicious: -1, undetected: 70 })],
  ['it breaks off', (_, response) => void response.write('{"data":', () => response.destroy())],
  ['it hangs', () => {}],
  ['it hangs halfway', (_, response) => void response.write('{"data":')],
  [
    'its answer has no end',
    (_, response) => {
      const say = () => void (response.writable && response.write(' '.repeat(100_000), say));
      say();
    },
  ],
])('nobody looked when %s', async (_, answer) => {
  await expect(scan(answer)).rejects.toThrow(ScannerUnavailable);
});

test('is asked four times a minute, and not once more', async () => {
  const one = scanner();
  for (let i = 0; i < 4; i++)
    expect(await scan(report({ undetected: 70 }), one)).toEqual({ verdict: 'clean' });
  await expect(scan(report({ undetected: 70 }), one)).rejects.toThrow(ScannerUnavailable);
  expect(virusTotal.requests).toHaveLength(4);
});
