import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { ScannerUnavailable } from '../attachments/index.ts';
import { choice, named, nullable, Timestamp } from './schemas.ts';
import type { Services } from './services.ts';

const Part = choice(['ok', 'failed']);

export const HealthSchema = named('Health', {
  status: choice(['ready', 'not_ready', 'stopping']),
  database: Part,
  storage: Part,
  scanner: Type.Object({
    name: choice(['none', 'clamav', 'virustotal', 'clamav+virustotal']),
    status: choice(['off', 'ok', 'unreachable']),
    message: Type.String({ description: 'What this means for files, for people.' }),
    signatures: Type.String({ description: 'Their version; empty where there is none.' }),
    signatures_at: nullable(Timestamp),
  }),
});

export type Health = Static<typeof HealthSchema>;

const PATIENCE = 3_000; // ms for each part to answer
const FRESH = 2_000; // ms for which an answer holds: whoever asks often costs no more

interface Watched extends Pick<Services, 'db' | 'scanner'> {
  attachments: Pick<Services['attachments'], 'check'>;
}

/** What Docket needs, asked whether it answers: the database for a row, the file store for a file and the scanner. */
export function createHealth(services: Watched): () => Promise<Health> {
  let asked: Promise<Health> | undefined;
  let until = 0;
  return () => {
    if (!asked || performance.now() > until) {
      asked = look(services);
      until = performance.now() + PATIENCE;
      const done = () => {
        until = performance.now() + FRESH;
      };
      asked.then(done, done);
    }
    return asked;
  };
}

async function look({ db, attachments, scanner }: Watched): Promise<Health> {
  const [database, storage, looked] = await Promise.all([
    answers(() => sql`SELECT 1`.execute(db)),
    answers(() => attachments.check()),
    scannerHealth(scanner),
  ]);
  // Without its scanner Docket takes files and holds them: that is no reason to take it off the network.
  const status = database === 'ok' && storage === 'ok' ? 'ready' : 'not_ready';
  return { status, database, storage, scanner: looked };
}

async function answers(ask: () => Promise<unknown>): Promise<Health['database']> {
  return intime(ask()).then(
    () => 'ok',
    () => 'failed',
  );
}

/** Of who looks no more than whether the signatures are old: the version of a program helps whoever attacks it. */
async function scannerHealth(scanner: Services['scanner']): Promise<Health['scanner']> {
  const nothing = { signatures: '', signatures_at: null };
  if (!scanner) return { name: 'none', status: 'off', message: 'Files are not scanned.', ...nothing };
  const { name } = scanner;
  try {
    const { signatures, signaturesAt } = await intime(scanner.engine());
    const message = 'Files are scanned.';
    return { name, status: 'ok', message, signatures, signatures_at: signaturesAt?.toISOString() ?? null };
  } catch (error) {
    if (!(error instanceof ScannerUnavailable)) throw error;
    const message = 'The scanner cannot be reached: files are taken, and wait to be scanned.';
    return { name, status: 'unreachable', message, ...nothing };
  }
}

/** Rejects when it takes too long. */
function intime<Result>(work: Promise<Result>): Promise<Result> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new ScannerUnavailable('no answer')), PATIENCE).unref();
  });
  return Promise.race([work, late]);
}
