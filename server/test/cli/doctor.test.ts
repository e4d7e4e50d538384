import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import { ofSchema } from '../../src/cli/doctor/database.ts';
import { ofPlaces } from '../../src/cli/doctor/files.ts';
import { checkFolder } from '../../src/cli/doctor/folder.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { parseConfig } from '../../src/config.ts';
import { ageOf, type Check, warnOfScanner } from '../../src/scanner-check.ts';
import { startCeph, withCeph } from '../support/ceph.ts';
import { startClamd, withClamd } from '../support/clamd.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Environment, urlOf } from '../support/docket.ts';
import { docketHere } from '../support/docket-here.ts';
import { after, fakeClamd, scanning } from '../support/fake-clamd.ts';
import { unaborted } from '../support/scannable.ts';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-doctor-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  if (folder) await rm(folder, { recursive: true });
});

async function doctor(
  env: Environment = {},
): Promise<{ code: number | null; checks: Record<string, Check> }> {
  const here = { DOCKET_DATA_DIR: folder, DATABASE_URL: urlOf(database.to), ...env };
  const { code, stdout } = await docketHere(['doctor', '--json'], here);
  const checks: Check[] = JSON.parse(stdout);
  return { code, checks: Object.fromEntries(checks.map((check) => [check.name, check])) };
}

test('a desk without a scanner is in order, with a word about that', async () => {
  const { code, checks } = await doctor();
  expect(code).toBe(EXIT.done);
  expect(checks).toMatchObject({
    configuration: { state: 'ok' },
    'data folder': { state: 'ok' },
    'free space': { found: expect.stringMatching(/^Room for \d+ files/) },
    database: { state: 'ok', found: expect.stringMatching(/^PostgreSQL \d/) },
    files: { state: 'ok', found: 'There are none yet. New ones go to disk.' },
    scanner: { state: 'warning', found: 'Files are not scanned.' },
  });
});

test('people read it in columns', async () => {
  const here = { DOCKET_DATA_DIR: folder, DATABASE_URL: urlOf(database.to) };
  const { stdout } = await docketHere(['doctor'], here);
  expect(stdout).toMatch(/^ok {7}configuration {2}It is in order\.$/m);
  expect(stdout).toMatch(/^warning {2}scanner {8}Files are not scanned\.\n {24}Set CLAMD_SOCKET/m);
});

test('mistakes in the settings are problems, and the end', async () => {
  const { code, checks } = await doctor({ PORT: 'x' });
  expect(code).toBe(EXIT.failed);
  expect(checks).toEqual({
    configuration: { name: 'configuration', state: 'problem', found: expect.stringContaining('PORT is "x"') },
  });
});

test('a database that does not answer is a problem, and the rest is looked at', async () => {
  const { code, checks } = await doctor({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(code).toBe(EXIT.failed);
  expect(checks).toMatchObject({ database: { state: 'problem' }, scanner: { state: 'warning' } });
});

test('a data folder that is none is a problem', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const checks = await checkFolder(parseConfig({ DOCKET_DATA_DIR: file }));
  expect(checks).toMatchObject([{ name: 'data folder', state: 'problem' }]);
});

test('a clamd that is away is a problem', async () => {
  const { code, checks } = await doctor({ CLAMD_SOCKET: join(folder, 'nobody.sock') });
  expect(code).toBe(EXIT.failed);
  expect(checks.scanner).toMatchObject({ state: 'problem', advice: expect.stringContaining('Start clamd') });
});

describe('files', () => {
  const KEY = 'd1ce'.repeat(4);
  const onDisk = { storage: 'disk', key_id: null, files: 12 };
  const sealed = { storage: 's3', key_id: KEY, files: 3 };

  test('are told by where they are', () => {
    expect(ofPlaces([onDisk, sealed], 's3', { stores: ['disk', 's3'], keys: [KEY] })).toEqual({
      name: 'files',
      state: 'ok',
      found: `12 in disk; 3 in s3, sealed with the key ${KEY}. New ones go to s3.`,
    });
  });

  test('in a store that is not set up any more are a problem', () => {
    expect(ofPlaces([onDisk, sealed], 'disk', { stores: ['disk'], keys: [KEY] })).toMatchObject({
      state: 'problem',
      advice: expect.stringContaining('Set up s3 again'),
    });
  });

  test('sealed with a key that is not set any more are a problem', () => {
    expect(ofPlaces([sealed], 's3', { stores: ['disk', 's3'], keys: [] })).toMatchObject({
      state: 'problem',
      advice: expect.stringContaining(`Set the key ${KEY} again`),
    });
  });
});

describe('a bucket', () => {
  const bucket = (endpoint: string, name: string): Environment => ({
    ...{ DOCKET_STORAGE: 's3', DOCKET_S3_BUCKET: name, DOCKET_S3_ENDPOINT: endpoint },
    ...{ AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing' },
  });

  test('that does not answer is a problem, and the rest is looked at', async () => {
    const { code, checks } = await doctor(bucket('http://127.0.0.1:1', 'docket'));
    expect(code).toBe(EXIT.failed);
    expect(checks).toMatchObject({
      bucket: { state: 'problem', found: expect.stringContaining('ECONNREFUSED') },
      files: { state: 'ok', found: 'There are none yet. New ones go to s3.' },
    });
  });

  test.runIf(withCeph)(
    'of a real S3 is tried out, and nothing of that stays',
    async () => {
      const ceph = await startCeph();
      onTestFinished(() => ceph.stop());
      const { endpoint, credentials } = ceph;
      const client = createS3Client({
        ...{ endpoint, credentials, region: 'us-east-1', forcePathStyle: true, checksums: 'when_required' },
      });
      onTestFinished(() => client.destroy());
      const env = {
        ...bucket(endpoint, 'docket-doctor'),
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      };
      expect((await doctor(env)).checks.bucket).toMatchObject({
        state: 'problem',
        found: expect.stringContaining('NoSuchBucket'),
      });
      await client.send(new CreateBucketCommand({ Bucket: 'docket-doctor' }));
      const { code, checks } = await doctor(env);
      expect(code).toBe(EXIT.done);
      expect(checks.bucket).toMatchObject({ state: 'ok' });
      const left = await client.send(new ListObjectsV2Command({ Bucket: 'docket-doctor' }));
      expect(left.Contents ?? []).toEqual([]);
      expect((await doctor({ ...env, AWS_SECRET_ACCESS_KEY: 'wrong' })).checks.bucket).toMatchObject({
        state: 'problem',
        found: expect.stringContaining('SignatureDoesNotMatch'),
      });
    },
    90_000,
  );
});

describe.runIf(withClamd)('Debian’s clamd', () => {
  test('with limits that cover our files is in order', async () => {
    const clamd = await startClamd();
    onTestFinished(clamd.close);
    const { code, checks } = await doctor({ CLAMD_SOCKET: clamd.socket });
    expect(code).toBe(EXIT.done);
    expect(checks).toMatchObject({
      scanner: { state: 'ok', found: expect.stringMatching(/^ClamAV \d/) },
      signatures: { state: 'warning', advice: expect.stringContaining('freshclam') },
      'scanner limits': { state: 'ok' },
    });
  });

  test('with limits below ours is a problem, and a warning at the start of a server', async () => {
    const clamd = await startClamd(['StreamMaxLength 52M', 'MaxFileSize 25M']);
    onTestFinished(clamd.close);
    const { code, checks } = await doctor({ CLAMD_SOCKET: clamd.socket });
    expect(code).toBe(EXIT.failed);
    expect(checks['scanner limits']).toMatchObject({
      ...{ state: 'problem', found: expect.stringContaining('pass as clean') },
      advice: expect.stringContaining('MaxFileSize 52M'),
    });

    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await warnOfScanner(parseConfig({ CLAMD_SOCKET: clamd.socket }), log, unaborted);
    expect(log.warn).toHaveBeenCalledOnce();
    expect(log.warn.mock.lastCall?.[1]).toContain('MaxFileSize 52M');
  });
});

describe('at the start of a server', () => {
  const warned = async (env: Environment) => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await warnOfScanner(parseConfig(env), log, unaborted);
    return log.warn.mock.calls.map(([, message]) => message);
  };

  test('nothing is said where nobody asked for a scanner', async () => {
    expect(await warned({})).toEqual([]);
  });

  test('a key of VirusTotal that turns nothing on is worth a word', async () => {
    expect(await warned({ VIRUSTOTAL_API_KEY: 'key' })).toEqual([
      expect.stringContaining('VIRUSTOTAL_API_KEY alone turns nothing on'),
    ]);
  });

  test('a scanner whose limits cannot be told is worth a word', async () => {
    const clamd = await fakeClamd(scanning(after('stream: OK\0')));
    onTestFinished(clamd.close);
    const { host, port } = clamd.address;
    expect(await warned({ CLAMD_HOST: host, CLAMD_PORT: String(port) })).toEqual([
      expect.stringContaining('It cannot be told'),
    ]);
  });
});

describe('the age of signatures', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  test.each([
    ['2026-11-22T03:00:00Z', 'ok', 'Of today.'],
    ['2026-11-21T03:00:00Z', 'ok', '1 day old.'],
    ['2026-11-20T12:00:00Z', 'ok', '2 days old.'],
    ['2026-11-20T11:59:00Z', 'warning', '2 days old.'],
    ['2026-11-02T11:59:00Z', 'warning', '20 days old.'],
  ])('of %s', (at, state, found) => {
    expect(ageOf(new Date(at), now)).toMatchObject({ state, found });
  });

  test('that nobody knows', () => {
    expect(ageOf(null, now)).toMatchObject({ state: 'warning' });
  });
});

describe('the schema', () => {
  const known = ['0001-a', '0002-b'];
  test.each<[string[], Check['state']]>([
    [known, 'ok'],
    [['0001-a'], 'warning'],
    [[], 'warning'],
    [[...known, '0003-c'], 'problem'],
  ])('at %o', (taken, state) => {
    expect(ofSchema('PostgreSQL 18.4', known, taken).state).toBe(state);
  });
});
