import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { chosenScanner, contradictions, type ScannerConfig } from './config/scanner.ts';
import { type S3Config, s3Config, storageContradictions } from './config/storage.ts';
import { Mistake, nearest } from './config/values.ts';
import { type LogLevel, type Setting, VARIABLES, type Variable } from './config/variables.ts';

/** The environment, parsed once. Sizes are bytes, folders absolute. */
export interface Config {
  host: string;
  port: number;
  /** Where people reach Docket, without a trailing slash; undefined: wherever the request came to. */
  publicUrl: string | undefined;
  /** All proxies, none, or those at these addresses. */
  trustProxy: boolean | string[];
  dataDir: string;
  databaseUrl: string | undefined;
  postgresBin: string | undefined;
  /** Where new files go. */
  storage: 'disk' | 's3';
  s3: S3Config | undefined;
  directDownloads: boolean;
  /** Secrets that seal stored files: the one for new files first; empty: they are stored as they are. */
  sealing: Buffer[];
  maxFileSize: number;
  maxFilesPerTicket: number;
  maxTotalSizePerTicket: number;
  uploadsPerMinute: number;
  concurrentUploads: number;
  /** How long deleted files can be brought back. */
  retentionDays: number;
  allow7z: boolean;
  fileMode: number;
  dirMode: number;
  scanner: ScannerConfig;
  /** Files at once, among all instances. */
  scanConcurrency: number;
  signUp: 'open' | 'closed';
  admin: { email: string; password: string } | undefined;
  logLevel: LogLevel;
  /** Which of all these somebody has set; the others are as they are by themselves. */
  set: ReadonlySet<Setting>;
}

/** Everything that is wrong with the environment, a line each. */
export class ConfigError extends Error {
  readonly mistakes: string[];

  constructor(mistakes: string[]) {
    super(['The configuration has mistakes:', ...mistakes.map((line) => `  ${line}`)].join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

export type Environment = Record<string, string | undefined>;

/** What the process was started with, over what `.env` of the working folder says: the environment wins. */
export function readEnvironment(envFile = '.env', environment: Environment = process.env): Environment {
  return { ...parseEnv(readIfThere(envFile)), ...environment };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new ConfigError([`${path} cannot be read: let Docket's user read it, or take it away.`]);
  }
}

/** Takes the environment as a whole: throws a `ConfigError` with every mistake in it at once. */
export function parseConfig(env: Environment): Config {
  const mistakes = unknownVariables(env);
  const wrong = new Set<Variable<unknown>>();
  const read = <Value>(from: Variable<Value>): Value => {
    const text = env[from.name] || from.default;
    try {
      return from.parse(text);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      wrong.add(from);
      mistakes.push(`${from.name} ${from.secret ? 'is not valid' : `is "${text}"`}: ${error.message}.`);
      return from.parse(from.default);
    }
  };
  const set = settingsIn(env);
  const scanner = {
    scanner: read(VARIABLES.scanner),
    clamdSocket: read(VARIABLES.clamdSocket),
    clamdHost: read(VARIABLES.clamdHost),
    clamdPort: read(VARIABLES.clamdPort),
    hasPort: set.has('clamdPort'),
    virusTotalKey: read(VARIABLES.virusTotalKey),
  };
  const storage = {
    storage: read(VARIABLES.storage),
    bucket: read(VARIABLES.s3Bucket),
    endpoint: read(VARIABLES.s3Endpoint),
    region: read(VARIABLES.s3Region),
    accessKeyId: read(VARIABLES.accessKeyId),
    secretAccessKey: read(VARIABLES.secretAccessKey),
    sessionToken: read(VARIABLES.sessionToken),
    prefix: read(VARIABLES.s3Prefix),
    forcePathStyle: read(VARIABLES.s3ForcePathStyle),
    checksums: read(VARIABLES.s3Checksums),
    directDownloads: read(VARIABLES.directDownloads),
    encryptionKey: read(VARIABLES.encryptionKey),
    previousKeys: read(VARIABLES.previousKeys),
    maxFileSize: read(VARIABLES.maxFileSize),
  };
  const adminEmail = read(VARIABLES.adminEmail);
  const password = read(VARIABLES.adminPassword);
  const config: Config = {
    host: read(VARIABLES.host),
    port: read(VARIABLES.port),
    publicUrl: read(VARIABLES.publicUrl),
    trustProxy: read(VARIABLES.trustProxy),
    dataDir: read(VARIABLES.dataDir),
    databaseUrl: read(VARIABLES.databaseUrl),
    postgresBin: read(VARIABLES.postgresBin),
    storage: storage.storage,
    s3: s3Config(storage),
    directDownloads: storage.directDownloads,
    sealing: storage.encryptionKey ? [storage.encryptionKey, ...storage.previousKeys] : [],
    maxFileSize: storage.maxFileSize,
    maxFilesPerTicket: read(VARIABLES.maxFilesPerTicket),
    maxTotalSizePerTicket: read(VARIABLES.maxTotalSizePerTicket),
    uploadsPerMinute: read(VARIABLES.uploadsPerMinute),
    concurrentUploads: read(VARIABLES.concurrentUploads),
    retentionDays: read(VARIABLES.retentionDays),
    allow7z: read(VARIABLES.allow7z),
    fileMode: read(VARIABLES.fileMode),
    dirMode: read(VARIABLES.dirMode),
    scanner: chosenScanner(scanner),
    scanConcurrency: read(VARIABLES.scanConcurrency),
    signUp: read(VARIABLES.signUp),
    admin: adminEmail && password ? { email: adminEmail, password } : undefined,
    logLevel: read(VARIABLES.logLevel),
    set,
  };
  const { maxFileSize, maxTotalSizePerTicket, adminPassword } = VARIABLES;
  if (!wrong.has(maxFileSize) && !wrong.has(maxTotalSizePerTicket)) {
    if (config.maxTotalSizePerTicket < config.maxFileSize) {
      mistakes.push(
        `${maxTotalSizePerTicket.name} is smaller than ${maxFileSize.name}: write at least ${config.maxFileSize}.`,
      );
    }
  }
  if (!wrong.has(VARIABLES.adminEmail) && !wrong.has(adminPassword) && !adminEmail !== !password) {
    const [there, missing] = adminEmail
      ? [VARIABLES.adminEmail, adminPassword]
      : [adminPassword, VARIABLES.adminEmail];
    mistakes.push(`${missing.name} is not set: write it too, or take ${there.name} away.`);
  }
  const { clamdSocket, clamdHost, clamdPort } = VARIABLES;
  if (![VARIABLES.scanner, clamdSocket, clamdHost, clamdPort].some((each) => wrong.has(each))) {
    mistakes.push(...contradictions(scanner));
  }
  const { storage: kind, s3Bucket, s3Endpoint, directDownloads } = VARIABLES;
  if (![kind, s3Bucket, s3Endpoint, directDownloads, maxFileSize].some((each) => wrong.has(each))) {
    mistakes.push(...storageContradictions(storage));
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

function settingsIn(env: Environment): Set<Setting> {
  const settings = Object.keys(VARIABLES).filter((key): key is Setting => Object.hasOwn(VARIABLES, key));
  return new Set(settings.filter((setting) => env[VARIABLES[setting].name]));
}

/** Whatever starts with DOCKET_ is meant for us. */
function unknownVariables(env: Environment): string[] {
  const known = Object.values(VARIABLES).map(({ name }) => name);
  return Object.keys(env)
    .filter((name) => name.startsWith('DOCKET_') && !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is no setting of Docket: ${meant ? `did you mean ${meant}?` : 'take it away.'}`;
    });
}
