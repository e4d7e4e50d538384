import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClamav } from '../../../src/attachments/index.ts';
import { ScanFailed, ScannerUnavailable } from '../../../src/attachments/scan/scanner.ts';
import { after, type Behaviour, fakeClamd, scanning, VERSION } from '../../support/fake-clamd.ts';
import { scannable, unaborted } from '../../support/scannable.ts';

let clamd: Awaited<ReturnType<typeof fakeClamd>>;
afterEach(() => clamd?.close());

const PATIENCE = { version: 300, silence: 400, file: 2_000 };
const SMALL = Buffer.from('nothing much');
const LARGE = randomBytes(20 * 1024 * 1024);

async function scan(behaviour: Behaviour, bytes: Uint8Array = SMALL, patience = PATIENCE) {
  clamd = await fakeClamd(behaviour);
  const file = scannable(bytes);
  const { finding } = await createClamav(clamd.address, patience)
    .scan(file, unaborted)
    .finally(() => {
      expect(file.opened.every((stream) => stream.destroyed)).toBe(true);
    });
  return finding;
}

/** Takes so many bytes of the file before it does this. */
const having =
  (bytes: number, then: (socket: Parameters<Behaviour>[0]) => void): Behaviour =>
  (socket, heard) => {
    const listen = () => {
      if (heard.bytes < bytes) return;
      socket.off('data', listen);
      then(socket);
    };
    socket.on('data', listen);
    listen();
  };

test('the answers it knows', async () => {
  expect(await scan(scanning(after('stream: OK\0')), LARGE)).toEqual({ verdict: 'clean' });
  expect(clamd.heard.map(({ command }) => command)).toEqual(['zVERSION', 'zINSTREAM']);
  expect(clamd.heard.at(-1)).toMatchObject({ bytes: LARGE.length, whole: true });
});

test.each([
  ['Win.Test.EICAR_HDB-1', { verdict: 'infected', signature: 'Win.Test.EICAR_HDB-1' }],
  ['Heuristics.Phishing.Email.SpoofedDomain', { verdict: 'infected', signature: expect.any(String) }],
  [
    'Heuristics.Limits.Exceeded.MaxFileSize',
    { verdict: 'unscannable', reason: 'larger or deeper than the scanner looks' },
  ],
  [
    'Heuristics.Limits.Exceeded.MaxRecursion',
    { verdict: 'unscannable', reason: 'larger or deeper than the scanner looks' },
  ],
  ['Heuristics.Encrypted.PDF', { verdict: 'unscannable', reason: 'encrypted' }],
  ['Heuristics.Encrypted.Zip', { verdict: 'unscannable', reason: 'encrypted' }],
  ['Heuristics.OLE2.ContainsMacros.VBA', { verdict: 'clean' }],
])('%s found', async (signature, finding) => {
  expect(await scan(scanning(after(`stream: ${signature} FOUND\0`)))).toEqual(finding);
});

describe('nobody looked, and no attempt is counted, when clamd', () => {
  const unavailable: Record<string, Behaviour> = {
    'closes as soon as it hears VERSION': (socket) => socket.destroy(),
    'ends without a version': (socket) => socket.end(),
    'hangs at VERSION': () => {},
    'says half of its version': (socket) => socket.end('ClamAV 1.4'),
    'says it in two lines': (socket) => socket.end(`${VERSION}${VERSION}`),
    'is something else': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'knows no such command': (socket) => socket.end('UNKNOWN COMMAND\0'),
    'never ends its version': (socket) => {
      const say = () => {
        if (socket.writable) socket.write('ClamAV 1.4.6'.repeat(100), say);
      };
      say();
    },
  };
  test.each(Object.entries(unavailable))('%s', async (_, behaviour) => {
    await expect(scan(behaviour)).rejects.toThrow(ScannerUnavailable);
  });

  test('refuses the connection', async () => {
    clamd = await fakeClamd(() => {});
    await clamd.close();
    const scanner = createClamav(clamd.address, PATIENCE);
    await expect(scanner.scan(scannable(SMALL), unaborted)).rejects.toThrow(ScannerUnavailable);
    await expect(scanner.engine()).rejects.toThrow(ScannerUnavailable);
    clamd = await fakeClamd(() => {});
  });

  test('goes away between its version and the file', async () => {
    const fake = await fakeClamd((socket) => socket.end(VERSION, () => void fake.close()));
    const file = scannable(SMALL);
    const read = async () => {
      await vi.waitFor(() => expect(fake.connections).toBe(0));
      return file.read();
    };
    const scanning = createClamav(fake.address, PATIENCE).scan({ ...file, read }, unaborted);
    await expect(scanning).rejects.toThrow(ScannerUnavailable);
    expect(file.opened.every((stream) => stream.destroyed)).toBe(true);
  });
});

describe('never clean, but failed, when clamd', () => {
  const failures: [string, Behaviour, Uint8Array, string][] = [
    ['hangs at the first byte', () => {}, LARGE, 'took too long'],
    ['hangs with the whole file', after('', () => {}), SMALL, 'took too long'],
    ['reads no more halfway', having(5_000_000, (socket) => socket.pause()), LARGE, 'took too long'],
    ['closes without an answer', after(''), SMALL, 'broke off'],
    ['closes halfway', having(5_000_000, (socket) => socket.destroy()), LARGE, 'broke off'],
    ['resets the connection', having(5_000_000, (socket) => socket.resetAndDestroy()), LARGE, 'broke off'],
    ['waited too long for a command', after('COMMAND READ TIMED OUT\0'), SMALL, 'reports an error'],
    ['cannot write', after('Error writing to temporary file. ERROR\0'), SMALL, 'reports an error'],
    [
      'reports an error of the file',
      after("stream: Can't allocate memory ERROR\0"),
      SMALL,
      'reports an error',
    ],
    ['knows no such command', after('UNKNOWN COMMAND\0'), SMALL, 'not understood'],
    ['talks nonsense', after('stream: PERHAPS\0'), SMALL, 'not understood'],
    ['says it of another file', after('instream(local): OK\0'), SMALL, 'not understood'],
    ['says it in its own way', after('stream: ok\0'), SMALL, 'not understood'],
    ['says it with more', after('stream: OK, I think\0'), SMALL, 'not understood'],
    ['answers twice', after('stream: OK\0stream: Some.Thing FOUND\0'), SMALL, 'broke off'],
    ['answers in two lines', after('stream: OK\nstream: Some.Thing FOUND\0'), SMALL, 'broke off'],
    ['says half an answer', after('stream: OK'), SMALL, 'broke off'],
    ['says a quarter', after('stream: '), SMALL, 'broke off'],
    ['never ends its answer', after('', endless), SMALL, 'has no end'],
    ['never ends what is clean', after('stream: OK\0', (socket) => endless(socket)), SMALL, 'has no end'],
    ['says nothing after its answer, for ever', after('stream: OK\0', () => {}), SMALL, 'took too long'],
    ['is sure before it has read all', having(1, (it) => it.end('stream: OK\0')), LARGE, 'the whole file'],
    [
      'is sure at once and reads on',
      having(1, (it) => void it.write('stream: OK\0')),
      LARGE,
      'took too long',
    ],
  ];
  test.each(failures)('%s', async (_, behaviour, bytes, message) => {
    const scanned = scan(scanning(behaviour), bytes);
    await expect(scanned).rejects.toThrow(ScanFailed);
    await expect(scanned).rejects.toThrow(message);
  });

  function endless(socket: Parameters<Behaviour>[0]): void {
    if (socket.writable) socket.write('stream: '.repeat(500), () => endless(socket));
  }

  test('takes a byte now and then, for longer than any file may', async () => {
    const drop: Behaviour = (socket) => {
      socket.pause();
      const drip = setInterval(() => socket.read(1) ?? socket.resume().pause(), 20);
      socket.on('close', () => clearInterval(drip));
    };
    const started = performance.now();
    await expect(scan(scanning(drop), LARGE, { ...PATIENCE, file: 600 })).rejects.toThrow('took too long');
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});

test('a size limit is told although the connection breaks under the bytes that still come', async () => {
  const LIMIT = 'INSTREAM size limit exceeded. ERROR\0';
  const finding = { verdict: 'unscannable', reason: 'larger than the scanner accepts' };
  for (const then of [
    having(100_000, (socket) => socket.end(LIMIT)),
    having(100_000, (socket) => socket.end(LIMIT, () => socket.destroy())),
    having(1, (socket) => socket.pause().end(LIMIT, () => socket.destroy())),
    after(LIMIT),
  ]) {
    expect(await scan(scanning(then), LARGE)).toEqual(finding);
    await clamd.close();
  }
  clamd = await fakeClamd(() => {});
});

test('a slow clamd is waited for, and the file is not taken into memory meanwhile', async () => {
  let read = 0;
  const slow: Behaviour = (socket, heard) => {
    socket.pause();
    void (async () => {
      await sleep(300);
      expect(read).toBeLessThan(LARGE.length / 2);
      socket.resume();
      after('stream: OK\0')(socket, heard);
    })();
  };
  clamd = await fakeClamd(scanning(slow));
  const file = scannable(LARGE);
  const counted = async () => {
    const stream = await file.read();
    return stream.on('data', (piece: Buffer) => (read += piece.length)).pause();
  };
  const { finding } = await createClamav(clamd.address, PATIENCE).scan({ ...file, read: counted }, unaborted);
  expect(finding).toEqual({ verdict: 'clean' });
  expect(read).toBe(LARGE.length);
});

test.each([-1, 1])('a file that is %i byte longer than it is said to be is never clean', async (more) => {
  clamd = await fakeClamd(scanning(after('stream: OK\0')));
  const file = scannable(SMALL, { size: SMALL.length - more });
  await expect(createClamav(clamd.address, PATIENCE).scan(file, unaborted)).rejects.toThrow(ScanFailed);
});

test('told to stop, it closes the connection at once, also while the file has nothing to give', async () => {
  clamd = await fakeClamd(scanning(() => {}));
  const enough = new AbortController();
  const file = scannable(LARGE);
  const read = async () => {
    const stream = await file.read();
    stream.read = () => null;
    return stream;
  };
  const scanned = createClamav(clamd.address).scan({ ...file, read }, enough.signal);
  await vi.waitFor(() => expect(clamd.heard.at(-1)?.command).toBe('zINSTREAM'));
  enough.abort(new Error('enough'));
  await expect(scanned).rejects.toThrow('enough');
  await vi.waitFor(() => expect(clamd.connections).toBe(0), { timeout: 500, interval: 5 });
});

test('its version and the date of its signatures', async () => {
  clamd = await fakeClamd((socket) => socket.end(VERSION));
  expect(await createClamav(clamd.address).engine()).toEqual({
    ...{ name: 'ClamAV', version: '1.4.6', signatures: '27800' },
    signaturesAt: new Date(2026, 10, 20, 8, 15, 34),
  });
});
