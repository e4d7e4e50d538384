import type { Parts } from '../parts.ts';
import { advance, currentPass, endPass } from './audit-pass.ts';
import { examine, type Finding } from './examine.ts';
import { storedFiles } from './stored-files.ts';

/**
 * The slow check of everything: hashes one stored file after the other, in the background and for ever, at a pace that is
 * set when a pass over all of them begins. Where it stands is a row, so that it goes on there whoever is stopped.
 */
export function createAudit(parts: Pick<Parts, 'db' | 'stores' | 'hashing' | 'log'>) {
  const { db, log } = parts;
  let closed = false;

  /**
   * Hashes the files that are due, for `budget` ms at most; each finding is an alarm in the log. For one at a time among
   * all instances: where two are at it, one of them gives way. Throws when a store does not answer.
   */
  async function run(budget = 50_000): Promise<void> {
    const until = performance.now() + budget;
    const pass = await currentPass(db);
    if (!pass.is_due) return;
    let at = pass.at;
    for await (const file of storedFiles(db, {}, at)) {
      if (closed || performance.now() > until) return;
      const finding = await examine(parts, file);
      if (finding) alarm(finding);
      const next = await advance(db, at, { file, isFinding: finding !== undefined });
      if (!next?.is_due) return;
      at = next.at;
    }
    const ended = await endPass(db, at);
    if (ended) log.info(ended, 'the audit has hashed every stored file');
  }

  function alarm({ problem, kind, id, storage, file_path, expected, actual, reason }: Finding): void {
    const found = { problem, kind, file: id, storage, key: file_path, expected, actual, reason };
    log.error({ alarm: 'integrity', ...found }, 'the audit found a stored file that is not as its row says');
  }

  return {
    run,
    /** Ends after the file it is at. */
    close(): void {
      closed = true;
    },
  };
}
