import { bucket, endpoint, keyPrefix, sealingSecret, sealingSecrets } from './storage-values.ts';
import {
  choice,
  databaseUrl,
  email,
  folder,
  integer,
  mode,
  optional,
  origin,
  type Parse,
  plain,
  size,
  socket,
  trustedProxies,
  yesOrNo,
} from './values.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One variable of the environment: docs/operating.md lists each by these words. */
export interface Variable<Value> {
  name: string;
  /** As one would write it; empty: not set. */
  default: string;
  does: string;
  parse: Parse<Value>;
  /** Its value is never shown. */
  secret: boolean;
}

function variable<Value>(
  name: string,
  initial: string,
  does: string,
  parse: Parse<Value>,
  { secret = false } = {},
): Variable<Value> {
  return { name, default: initial, does, parse, secret };
}

/** A variable, as the source speaks of it. */
export type Setting = keyof typeof VARIABLES;

/** In the order of docs/operating.md. */
export const VARIABLES = {
  host: variable(
    'HOST',
    '127.0.0.1',
    'The address to listen on; `0.0.0.0` or `::` for every interface.',
    plain,
  ),
  port: variable('PORT', '3000', 'The port to listen on; `0` takes a free one.', integer(0, 65_535)),
  publicUrl: variable(
    'DOCKET_PUBLIC_URL',
    '',
    'The address people type, such as `https://help.example.org`. It rules the Origin check, secure cookies and the links Docket prints. Not set: whatever address a request came to.',
    optional(origin),
  ),
  trustProxy: variable(
    'DOCKET_TRUST_PROXY',
    'false',
    'Which proxies may say who the client is (`X-Forwarded-*`): `false`, `true`, or their addresses and networks, separated by commas.',
    trustedProxies,
  ),
  dataDir: variable(
    'DOCKET_DATA_DIR',
    './data',
    'The folder that holds everything: `postgres/`, `storage/` and `spool/`. Relative to the folder Docket is started in.',
    folder,
  ),
  databaseUrl: variable(
    'DATABASE_URL',
    '',
    'A PostgreSQL of your own, `postgres://user:password@host:5432/database`. Not set: Docket runs one inside the data folder.',
    optional(databaseUrl),
    { secret: true },
  ),
  postgresBin: variable(
    'DOCKET_POSTGRES_BIN',
    '',
    'A folder with other PostgreSQL programs (`postgres`, `initdb`) for the one inside the data folder.',
    optional(folder),
  ),
  storage: variable(
    'DOCKET_STORAGE',
    'disk',
    '`disk` or `s3`: where new files go. Those that are elsewhere stay there, and are read from there; `docket storage move` brings them over.',
    choice('disk', 's3'),
  ),
  s3Bucket: variable('DOCKET_S3_BUCKET', '', 'The bucket of `s3`, which must be there.', optional(bucket)),
  s3Endpoint: variable(
    'DOCKET_S3_ENDPOINT',
    '',
    'The address of an S3 server, such as `https://s3.example.org`. Not set: Amazon’s.',
    optional(endpoint),
  ),
  s3Region: variable('DOCKET_S3_REGION', 'us-east-1', 'Its region.', plain),
  accessKeyId: variable(
    'AWS_ACCESS_KEY_ID',
    '',
    'Who Docket is to the bucket. Not set: found as Amazon’s tools find it, in their files or by the role of the machine.',
    optional(plain),
  ),
  secretAccessKey: variable('AWS_SECRET_ACCESS_KEY', '', 'Its secret.', optional(plain), { secret: true }),
  sessionToken: variable(
    'AWS_SESSION_TOKEN',
    '',
    'Where the two before are lent for a time: what proves it.',
    optional(plain),
    { secret: true },
  ),
  s3Prefix: variable(
    'DOCKET_S3_PREFIX',
    '',
    'A folder in the bucket for all that is Docket’s, such as `docket/`.',
    keyPrefix,
  ),
  s3ForcePathStyle: variable(
    'DOCKET_S3_FORCE_PATH_STYLE',
    '',
    'Whether the bucket is named in the path (`host/bucket`) in place of the host (`bucket.host`). Not set: `true` if `DOCKET_S3_ENDPOINT` is.',
    optional(yesOrNo),
  ),
  s3Checksums: variable(
    'DOCKET_S3_CHECKSUMS',
    'when_required',
    '`when_supported` adds Amazon’s own checksums, which not every server knows, to the MD5 that goes with every piece.',
    choice('when_required', 'when_supported'),
  ),
  directDownloads: variable(
    'DOCKET_S3_DIRECT_DOWNLOADS',
    'false',
    'Whether downloads of files in the bucket are sent on to it, by an address that is good for a minute. Previews and thumbnails are not.',
    yesOrNo,
  ),
  encryptionKey: variable(
    'DOCKET_ENCRYPTION_KEY',
    '',
    'Seals every file that is stored from now on: 32 bytes in base64, as `openssl rand -base64 32` makes them. **Without it they cannot be read: keep it apart from the files, and never lose it.**',
    optional(sealingSecret),
    { secret: true },
  ),
  previousKeys: variable(
    'DOCKET_ENCRYPTION_PREVIOUS_KEYS',
    '',
    'Keys that sealed files before, separated by commas, until `docket storage rewrap` has sealed them anew.',
    sealingSecrets,
    { secret: true },
  ),
  maxFileSize: variable('DOCKET_MAX_FILE_SIZE', '50MB', 'The size of one file.', size),
  maxFilesPerTicket: variable(
    'DOCKET_MAX_FILES_PER_TICKET',
    '20',
    'How many files a ticket and its replies hold.',
    integer(1),
  ),
  maxTotalSizePerTicket: variable(
    'DOCKET_MAX_TOTAL_SIZE_PER_TICKET',
    '500MB',
    'The size of all files of a ticket together.',
    size,
  ),
  uploadsPerMinute: variable(
    'DOCKET_UPLOADS_PER_MINUTE',
    '10',
    'How many uploads one person may start in a minute.',
    integer(1),
  ),
  concurrentUploads: variable(
    'DOCKET_CONCURRENT_UPLOADS',
    '3',
    'How many uploads of one person may run at once.',
    integer(1),
  ),
  retentionDays: variable(
    'DOCKET_RETENTION_DAYS',
    '14',
    'For how many days deleted files can be brought back. Then their bytes are removed.',
    integer(0, 36_500),
  ),
  allow7z: variable('DOCKET_ALLOW_7Z', 'false', 'Whether 7z archives are accepted.', yesOrNo),
  fileMode: variable(
    'DOCKET_FILE_MODE',
    '0640',
    'The permissions of stored files, octal.',
    mode(0o600, 0o666),
  ),
  dirMode: variable(
    'DOCKET_DIR_MODE',
    '0750',
    'The permissions of the folders that hold them, octal.',
    mode(0o700, 0o777),
  ),
  scanner: variable(
    'DOCKET_SCANNER',
    '',
    '`clamav`, `virustotal` or `none`: what looks for malware in files. Not set: `clamav` if `CLAMD_SOCKET` or `CLAMD_HOST` is, otherwise `none`. `virustotal` alone holds every file that VirusTotal does not know.',
    optional(choice('none', 'clamav', 'virustotal')),
  ),
  clamdSocket: variable(
    'CLAMD_SOCKET',
    '',
    'The unix socket of clamd, such as `/var/run/clamav/clamd.ctl`.',
    optional(socket),
  ),
  clamdHost: variable(
    'CLAMD_HOST',
    '',
    'The machine of a clamd that listens on TCP, in place of `CLAMD_SOCKET`; only over a network that is closed to others.',
    optional(plain),
  ),
  clamdPort: variable('CLAMD_PORT', '3310', 'Its port.', integer(1, 65_535)),
  virusTotalKey: variable(
    'VIRUSTOTAL_API_KEY',
    '',
    'With ClamAV: VirusTotal is asked too, by SHA-256, what it knows of files that ClamAV finds clean. No file is ever sent. The public key forbids business use. Alone it turns nothing on.',
    optional(plain),
    { secret: true },
  ),
  scanConcurrency: variable(
    'DOCKET_SCAN_CONCURRENCY',
    '4',
    'How many files are scanned at once, at least 2, among all instances; fewer than clamd’s `MaxThreads`.',
    integer(2, 100),
  ),
  signUp: variable(
    'DOCKET_SIGN_UP',
    'open',
    '`open`: people make their own accounts, as customers. `closed`: an administrator makes them.',
    choice('open', 'closed'),
  ),
  adminEmail: variable(
    'DOCKET_ADMIN_EMAIL',
    '',
    'The first administrator, made at the start when there is no account yet; with `DOCKET_ADMIN_PASSWORD`. Not set: a one-time set-up link is printed.',
    optional(email),
  ),
  adminPassword: variable(
    'DOCKET_ADMIN_PASSWORD',
    '',
    'The password of the first administrator. It can be taken away after the first start.',
    optional(plain),
    { secret: true },
  ),
  logLevel: variable(
    'DOCKET_LOG_LEVEL',
    'info',
    'How much is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
    choice(...LOG_LEVELS),
  ),
};
