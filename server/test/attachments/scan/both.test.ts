import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBoth, createClamav, createVirusTotal } from '../../../src/attachments/index.ts';
import { ScanFailed, ScannerUnavailable } from '../../../src/attachments/scan/scanner.ts';
import { scannerContract } from '../../contracts/scanner.ts';
import { EICAR } from '../../support/eicar.ts';
import { after, type Behaviour, fakeClamd, scanning } from '../../support/fake-clamd.ts';
import { type Answer, fakeVirusTotal, report, unknown } from '../../support/fake-virustotal.ts';
import { scannable, unaborted } from '../../support/scannable.ts';

const CLEAN = randomBytes(100_000);
const OK = scanning(after('stream: OK\0'));
const TOO_LONG = { version: 1000, silence: 1000, file: 1000 };

describe('keeps the contract', () => {
  scannerContract(async () => {
    const virusTotal = await fakeVirusTotal([[EICAR, { malicious: 66, undetected: 4 }]]);
    const clamd = await fakeClamd(
      scanning((socket, heard) => {
        const answer = () => {
          if (!heard.whole) return;
          const limit = heard.bytes > 150_000;
          socket.end(limit ? 'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0' : 'stream: OK\0');
        };
        socket.on('data', answer);
        answer();
      }),
    );
    const [hung, away] = await Promise.all([fakeClamd(() => {}), fakeClamd(() => {})]);
    await away.close();
    const connect = (address: typeof clamd.address, patience = TOO_LONG) =>
      createBoth(
        createClamav(address, patience),
        createVirusTotal({ apiKey: 'key', origin: virusTotal.origin }),
      );
    return {
      // VirusTotal may be asked four times a minute: a new one each time.
      scanner: {
        ...connect(clamd.address),
        scan: (...args) => connect(clamd.address, { version: 5000, silence: 5000, file: 5000 }).scan(...args),
      },
      away: connect(away.address),
      hung: connect(hung.address),
      ...{ clean: CLEAN, infected: EICAR, unscannable: randomBytes(200_000), reads: true },
      close: async () => void (await Promise.all([virusTotal.close(), clamd.close(), hung.close()])),
    };
  });
});

async function both(behaviour: Behaviour, answer: Answer) {
  const [clamd, virusTotal] = await Promise.all([fakeClamd(behaviour), fakeVirusTotal()]);
  onTestFinished(async () => void (await Promise.all([clamd.close(), virusTotal.close()])));
  virusTotal.behave(answer);
  const known = createVirusTotal({ apiKey: 'key', origin: virusTotal.origin });
  const scanner = createBoth(createClamav(clamd.address, TOO_LONG), known, 300);
  return { scan: () => scanner.scan(scannable(CLEAN), unaborted), asked: virusTotal.requests };
}

test('what VirusTotal knows as infected is, although ClamAV does not know it', async () => {
  const { scan } = await both(OK, report({ malicious: 9, undetected: 61 }));
  const { finding, engine, bytes } = await scan();
  expect(finding).toEqual({ verdict: 'infected', signature: '9 of 70 engines' });
  expect(engine.name).toBe('VirusTotal');
  expect(bytes).toBe(CLEAN.length);
});

test.each<[string, Answer]>([
  ['knows nothing', unknown],
  ['knows it as clean', report({ undetected: 70 })],
  ['has a doubt', report({ malicious: 1, undetected: 69 })],
  ['is broken', (_, response) => response.writeHead(500).end()],
  ['has no quota left', (_, response) => response.writeHead(429).end()],
])('a VirusTotal that %s leaves the word to ClamAV', async (_, answer) => {
  const { scan, asked } = await both(OK, answer);
  const { finding, engine } = await scan();
  expect(finding).toEqual({ verdict: 'clean' });
  expect(engine.name).toBe('ClamAV');
  expect(asked).toHaveLength(1);
});

test('a VirusTotal that hangs holds nobody up for long', async () => {
  const { scan } = await both(OK, () => {});
  const started = performance.now();
  expect((await scan()).finding).toEqual({ verdict: 'clean' });
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('what may not be asked any more is not waited for', async () => {
  const { scan, asked } = await both(OK, unknown);
  for (let i = 0; i < 7; i++) expect((await scan()).finding).toEqual({ verdict: 'clean' });
  expect(asked).toHaveLength(4);
});

test('what ClamAV does not say is clean is nothing to ask VirusTotal about', async () => {
  const found = await both(scanning(after('stream: Some.Thing FOUND\0')), report({ undetected: 70 }));
  expect((await found.scan()).finding).toEqual({ verdict: 'infected', signature: 'Some.Thing' });
  const failed = await both(scanning(after('')), report({ undetected: 70 }));
  await expect(failed.scan()).rejects.toThrow(ScanFailed);
  const away = await both((socket) => socket.destroy(), report({ undetected: 70 }));
  await expect(away.scan()).rejects.toThrow(ScannerUnavailable);
  expect([...found.asked, ...failed.asked, ...away.asked]).toEqual([]);
});
