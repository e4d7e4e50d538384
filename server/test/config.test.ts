import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, type Environment, parseConfig, readEnvironment } from '../src/config.ts';

function mistakesIn(env: Environment): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  it('gives the defaults, with folders made absolute', () => {
    expect(parseConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: undefined,
      trustProxy: false,
      dataDir: resolve('data'),
      databaseUrl: undefined,
      postgresBin: undefined,
      storage: 'disk',
      s3: undefined,
      directDownloads: false,
      sealing: [],
      maxFileSize: 52_428_800,
      maxFilesPerTicket: 20,
      retentionDays: 14,
      maxTotalSizePerTicket: 524_288_000,
      uploadsPerMinute: 10,
      concurrentUploads: 3,
      allow7z: false,
      fileMode: 0o640,
      dirMode: 0o750,
      scanner: { kind: 'none', unusedKey: false },
      scanConcurrency: 4,
      signUp: 'open',
      admin: undefined,
      logLevel: 'info',
      set: new Set(),
    });
  });

  it('is what variables of others and empty ones amount to', () => {
    expect(parseConfig({ PATH: '/bin', PORT: '', DOCKET_ADMIN_EMAIL: '' })).toEqual(parseConfig({}));
  });
});

describe('a value', () => {
  it.each([
    ['PORT', '0', { port: 0 }],
    ['DOCKET_PUBLIC_URL', 'https://help.example.org/', { publicUrl: 'https://help.example.org' }],
    ['DOCKET_PUBLIC_URL', 'http://Desk.local:8080', { publicUrl: 'http://desk.local:8080' }],
    ['DOCKET_TRUST_PROXY', 'true', { trustProxy: true }],
    ['DOCKET_TRUST_PROXY', 'No', { trustProxy: false }],
    [
      'DOCKET_TRUST_PROXY',
      '10.0.0.1, fd00::/8,loopback',
      { trustProxy: ['10.0.0.1', 'fd00::/8', 'loopback'] },
    ],
    ['DOCKET_DATA_DIR', '/srv/docket', { dataDir: '/srv/docket' }],
    ['DATABASE_URL', 'postgresql://u:p@db/docket', { databaseUrl: 'postgresql://u:p@db/docket' }],
    ['DOCKET_POSTGRES_BIN', '/opt/pg/bin', { postgresBin: '/opt/pg/bin' }],
    ['DOCKET_MAX_FILE_SIZE', '52428800', { maxFileSize: 52_428_800 }],
    ['DOCKET_MAX_FILE_SIZE', '1 mb', { maxFileSize: 1_048_576 }],
    ['DOCKET_MAX_FILE_SIZE', '0.5KB', { maxFileSize: 512 }],
    ['DOCKET_MAX_TOTAL_SIZE_PER_TICKET', '2GB', { maxTotalSizePerTicket: 2_147_483_648 }],
    ['DOCKET_ALLOW_7Z', 'yes', { allow7z: true }],
    ['DOCKET_ALLOW_7Z', '1', { allow7z: true }],
    ['DOCKET_FILE_MODE', '644', { fileMode: 0o644 }],
    ['DOCKET_DIR_MODE', '0o755', { dirMode: 0o755 }],
    ['DOCKET_SIGN_UP', 'closed', { signUp: 'closed' }],
    ['DOCKET_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ])('%s=%s is understood', (name, text, meaning) => {
    expect(parseConfig({ [name]: text })).toMatchObject(meaning);
  });

  it.each([
    ['PORT', '70000', 'PORT is "70000": write a whole number from 0 to 65535.'],
    ['PORT', '3e3', 'PORT is "3e3": write a whole number from 0 to 65535.'],
    ['DOCKET_MAX_FILES_PER_TICKET', '0', 'write a whole number of at least 1.'],
    ['DOCKET_PUBLIC_URL', 'help.example.org', 'write the address people type, without a path'],
    ['DOCKET_PUBLIC_URL', 'https://example.org/help', 'without a path'],
    ['DOCKET_PUBLIC_URL', 'https://ann:pw@example.org', 'without a path'],
    ['DOCKET_PUBLIC_URL', 'ftp://example.org', 'without a path'],
    ['DOCKET_TRUST_PROXY', '1', 'write false, true, or the addresses'],
    ['DOCKET_TRUST_PROXY', '10.0.0.0/33', 'write false, true, or the addresses'],
    ['DOCKET_TRUST_PROXY', '0.0.0.0/0', 'write false, true, or the addresses'],
    ['DOCKET_TRUST_PROXY', 'proxy.local', 'write false, true, or the addresses'],
    ['DOCKET_MAX_FILE_SIZE', '50 megabytes', 'is "50 megabytes": write a size such as 50MB or 52428800.'],
    ['DOCKET_MAX_FILE_SIZE', '0', 'write a size'],
    ['DOCKET_MAX_FILE_SIZE', '99999999TB', 'write a size'],
    ['DOCKET_ALLOW_7Z', 'maybe', 'is "maybe": write true or false.'],
    ['DOCKET_FILE_MODE', '0888', 'write three octal digits such as 0640.'],
    ['DOCKET_FILE_MODE', '4640', 'write three octal digits'],
    ['DOCKET_FILE_MODE', '0750', 'take the execute bits away, as in 0640.'],
    ['DOCKET_FILE_MODE', '0440', 'let the owner do what Docket must, as in 0640.'],
    ['DOCKET_DIR_MODE', '0650', 'let the owner do what Docket must, as in 0750.'],
    ['DOCKET_SIGN_UP', 'invite', 'is "invite": write open or closed.'],
    ['DOCKET_LOG_LEVEL', 'loud', 'write trace, debug, info, warn, error, fatal or silent.'],
    ['DOCKET_MAX_FILE_SIZ', '1', 'is no setting of Docket: did you mean DOCKET_MAX_FILE_SIZE?'],
    ['DOCKET_TURBO_ENGINE_MODE', 'on', 'is no setting of Docket: take it away.'],
  ])('%s=%s is a mistake that says what to write', (name, text, sentence) => {
    const mistakes = mistakesIn({ [name]: text });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(new RegExp(`^${name} `));
    expect(mistakes[0]).toContain(sentence);
  });

  it.each(['DATABASE_URL', 'DOCKET_ADMIN_PASSWORD'])('%s is never shown', (name) => {
    const secret = 'mysql://s3cret';
    expect(mistakesIn({ [name]: secret })).toHaveLength(1);
    expect(mistakesIn({ [name]: secret }).join()).not.toContain('s3cret');
  });
});

it('lists every mistake at once, contradictions too', () => {
  const mistakes = mistakesIn({
    PORT: 'http',
    DOCKET_SIGNUP: 'open',
    DOCKET_MAX_FILE_SIZE: '2GB',
    DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1GB',
    DOCKET_ADMIN_EMAIL: 'ann@example.org',
    DATABASE_URL: 'localhost',
  });
  expect(mistakes.map((line) => line.split(' ')[0])).toEqual([
    'DOCKET_SIGNUP',
    'PORT',
    'DATABASE_URL',
    'DOCKET_MAX_TOTAL_SIZE_PER_TICKET',
    'DOCKET_ADMIN_PASSWORD',
  ]);
});

it('speaks of a contradiction only where both values are right', () => {
  expect(mistakesIn({ DOCKET_MAX_FILE_SIZE: '2GB', DOCKET_MAX_TOTAL_SIZE_PER_TICKET: 'much' })).toHaveLength(
    1,
  );
  expect(
    mistakesIn({ DOCKET_ADMIN_EMAIL: 'ann', DOCKET_ADMIN_PASSWORD: 'correct horse battery' }),
  ).toHaveLength(1);
});

it('takes the first administrator whole', () => {
  const admin = { DOCKET_ADMIN_EMAIL: 'ann@example.org', DOCKET_ADMIN_PASSWORD: 'correct horse battery' };
  expect(parseConfig(admin).admin).toEqual({ email: 'ann@example.org', password: 'correct horse battery' });
});

describe('.env', () => {
  let folder: string;
  let envFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-env-'));
    envFile = join(folder, '.env');
    await writeFile(envFile, '# a desk\nPORT=4000\nexport HOST="::"\nDOCKET_SIGN_UP=closed # for now\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lies beneath the environment', () => {
    const config = parseConfig(readEnvironment(envFile, { PORT: '5000' }));
    expect(config).toMatchObject({ port: 5000, host: '::', signUp: 'closed' });
  });

  it('need not be there', () => {
    expect(readEnvironment(join(folder, 'none'), { PORT: '5000' })).toEqual({ PORT: '5000' });
  });

  it('that cannot be read is a mistake, not ignored', () => {
    expect(() => readEnvironment(folder, {})).toThrow(ConfigError);
  });
});

describe('the scanner', () => {
  const CLAMD = { kind: 'clamav', address: { path: '/run/clamd.sock' }, virusTotalKey: undefined };
  const CLAMD_SOCKET = '/run/clamd.sock';
  const VIRUSTOTAL_API_KEY = 'the-key';
  it.each<[Environment, object]>([
    [{}, { kind: 'none', unusedKey: false }],
    [{ CLAMD_SOCKET }, CLAMD],
    [{ CLAMD_SOCKET, DOCKET_SCANNER: 'clamav' }, CLAMD],
    [{ CLAMD_HOST: 'clamd' }, { ...CLAMD, address: { host: 'clamd', port: 3310 } }],
    [
      { CLAMD_HOST: 'clamd', CLAMD_PORT: '3311' },
      { ...CLAMD, address: { host: 'clamd', port: 3311 } },
    ],
    [
      { CLAMD_SOCKET, VIRUSTOTAL_API_KEY },
      { ...CLAMD, virusTotalKey: 'the-key' },
    ],
    [
      { CLAMD_SOCKET, DOCKET_SCANNER: 'none' },
      { kind: 'none', unusedKey: false },
    ],
    [{ VIRUSTOTAL_API_KEY }, { kind: 'none', unusedKey: true }],
    [
      { VIRUSTOTAL_API_KEY, DOCKET_SCANNER: 'none' },
      { kind: 'none', unusedKey: false },
    ],
    [
      { VIRUSTOTAL_API_KEY, DOCKET_SCANNER: 'VirusTotal' },
      { kind: 'virustotal', virusTotalKey: 'the-key' },
    ],
  ])('of %o', (env, scanner) => {
    expect(parseConfig(env).scanner).toEqual(scanner);
  });

  it.each<[Environment, string]>([
    [{ CLAMD_SOCKET, CLAMD_HOST: 'clamd' }, 'CLAMD_SOCKET and CLAMD_HOST are both set'],
    [{ DOCKET_SCANNER: 'clamav' }, 'CLAMD_SOCKET is not set'],
    [{ DOCKET_SCANNER: 'clamav', VIRUSTOTAL_API_KEY }, 'CLAMD_SOCKET is not set'],
    [{ DOCKET_SCANNER: 'virustotal' }, 'VIRUSTOTAL_API_KEY is not set'],
    [{ DOCKET_SCANNER: 'virustotal', VIRUSTOTAL_API_KEY, CLAMD_SOCKET }, 'CLAMD_SOCKET is set'],
    [{ CLAMD_PORT: '3310' }, 'CLAMD_HOST is not set'],
    [{ CLAMD_SOCKET: `/${'a'.repeat(107)}` }, 'write a path of at most 107 bytes'],
    [{ DOCKET_SCANNER: 'clamd' }, 'write none, clamav or virustotal'],
    [{ DOCKET_SCAN_CONCURRENCY: '1' }, 'write a whole number from 2 to 100'],
  ])('cannot be of %o', (env, mistake) => {
    expect(mistakesIn(env)).toEqual([expect.stringContaining(mistake)]);
  });

  it('keeps its key to itself', () => {
    const env = {
      VIRUSTOTAL_API_KEY,
      DOCKET_SCANNER: 'virustotal',
      CLAMD_SOCKET,
      DOCKET_SCAN_CONCURRENCY: 'x',
    };
    expect(mistakesIn(env).join()).not.toContain('the-key');
  });
});

const SECRET = Buffer.alloc(32, 7).toString('base64');

describe('the store', () => {
  it('is sealed by the keys that are set, the present one first', () => {
    const other = Buffer.alloc(32, 8).toString('base64');
    const sealing = {
      DOCKET_ENCRYPTION_KEY: SECRET,
      DOCKET_ENCRYPTION_PREVIOUS_KEYS: ` ${other}, ${SECRET}`,
    };
    expect(parseConfig(sealing).sealing).toEqual([7, 8, 7].map((byte) => Buffer.alloc(32, byte)));
  });

  const bucket = { DOCKET_S3_BUCKET: 'files' };

  it('is the disk, also where a bucket is only read from', () => {
    expect(parseConfig(bucket)).toMatchObject({
      storage: 'disk',
      s3: {
        ...{ bucket: 'files', endpoint: undefined, region: 'us-east-1', prefix: '' },
        ...{ forcePathStyle: false, checksums: 'when_required', credentials: undefined },
      },
    });
  });

  it('of another server is addressed by paths, unless told otherwise', () => {
    const endpoint = { ...bucket, DOCKET_S3_ENDPOINT: 'http://10.0.0.1:9000/' };
    expect(parseConfig(endpoint).s3).toMatchObject({
      endpoint: 'http://10.0.0.1:9000',
      forcePathStyle: true,
    });
    expect(parseConfig({ ...endpoint, DOCKET_S3_FORCE_PATH_STYLE: 'no' }).s3?.forcePathStyle).toBe(false);
  });

  it('gets its credentials from here, or finds them by itself', () => {
    const keys = { ...bucket, AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'SK' };
    expect(parseConfig(keys).s3?.credentials).toEqual({ accessKeyId: 'AK', secretAccessKey: 'SK' });
    const lent = parseConfig({ ...keys, AWS_SESSION_TOKEN: 'T' }).s3?.credentials;
    expect(lent).toEqual({ accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: 'T' });
  });

  it('takes a folder of the bucket, with its slash or without', () => {
    expect(parseConfig({ ...bucket, DOCKET_S3_PREFIX: 'a/b' }).s3?.prefix).toBe('a/b/');
    expect(parseConfig({ ...bucket, DOCKET_S3_PREFIX: 'a/b/' }).s3?.prefix).toBe('a/b/');
  });

  it.each([
    [{ DOCKET_STORAGE: 's3' }, /^DOCKET_S3_BUCKET is not set: .* DOCKET_STORAGE away/],
    [{ DOCKET_S3_ENDPOINT: 'http://a' }, /^DOCKET_S3_BUCKET is not set: .* DOCKET_S3_ENDPOINT away/],
    [{ DOCKET_S3_DIRECT_DOWNLOADS: 'true' }, /^DOCKET_S3_BUCKET is not set/],
    [{ ...bucket, AWS_ACCESS_KEY_ID: 'AK' }, /^AWS_SECRET_ACCESS_KEY is not set: .* AWS_ACCESS_KEY_ID away/],
    [{ ...bucket, AWS_SECRET_ACCESS_KEY: 'SK' }, /^AWS_ACCESS_KEY_ID is not set/],
    [{ ...bucket, DOCKET_S3_ENDPOINT: 'https://a/b' }, /^DOCKET_S3_ENDPOINT is .*without a path/],
    [{ ...bucket, DOCKET_S3_PREFIX: '../a' }, /^DOCKET_S3_PREFIX is/],
    [{ DOCKET_ENCRYPTION_PREVIOUS_KEYS: SECRET }, /^DOCKET_ENCRYPTION_KEY is not set/],
    [{ DOCKET_ENCRYPTION_KEY: 'secret' }, /^DOCKET_ENCRYPTION_KEY is not valid: write 32 bytes/],
    [
      { ...bucket, DOCKET_S3_DIRECT_DOWNLOADS: 'true', DOCKET_ENCRYPTION_KEY: SECRET },
      /^DOCKET_S3_DIRECT_DOWNLOADS cannot go with DOCKET_ENCRYPTION_KEY/,
    ],
    [{ DOCKET_S3_BUCKET: 'a b' }, /^DOCKET_S3_BUCKET is/],
    [
      {
        ...bucket,
        DOCKET_STORAGE: 's3',
        DOCKET_MAX_FILE_SIZE: '6GB',
        DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '6GB',
      },
      /^DOCKET_MAX_FILE_SIZE .* at most 5GB/,
    ],
  ])('%j is a mistake', (env: Environment, said) => {
    expect(mistakesIn(env)).toEqual([expect.stringMatching(said)]);
  });
});
