import type { Command } from 'commander';
import type { Choice, Finding, LastAudit, Verified } from '../attachments/index.ts';
import { dayOf, shareOf } from './arguments.ts';
import { Complaint, EXIT } from './exit.ts';
import { columns, examples, JSON_OPTION, jsonList } from './print.ts';
import { progressBar, sizeOf } from './progress.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  since?: Date;
  sample?: number;
  json?: true;
}

export function addVerify(docket: Command): void {
  docket
    .command('verify')
    .description('Hash every stored file again, and compare files and records both ways. Changes nothing.')
    .option('--since <date>', 'those that came on this day or later, such as 2026-11-01', dayOf)
    .option('--sample <share>', 'that many of them, by chance, such as 5%', shareOf)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket verify', 'docket verify --sample 5%', 'docket verify --json'))
    .action(async ({ since, sample: share, json }: Options) => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const choice = { since, sample: share === undefined ? undefined : { share, seed } };
      const { findings } = await verify(choice, json ? inJson() : inLines());
      if (findings === 0) return;
      const found = findings === 1 ? '1 finding' : `${findings} findings`;
      throw new Complaint(EXIT.failed, `${found}: docs/operating.md says what to do.`);
    });
}

/** What is written, finding by finding as they come: there may be as many as files. */
interface Report {
  finding(finding: Finding): void;
  end(verified: Verified, lastAudit: LastAudit | undefined): void;
}

async function verify(choice: Choice, report: Report): Promise<Verified> {
  let step = 'files';
  let bar = progressBar('bytes');
  return withDesk(async ({ services: { attachments } }) => {
    const verified = await attachments.verify(choice, {
      progress(now, done, total) {
        if (now !== step) {
          bar.end();
          bar = progressBar();
          step = now;
        }
        bar.show(done, total);
      },
      finding(finding) {
        bar.clear();
        report.finding(finding);
      },
    });
    bar.end();
    report.end(verified, await attachments.lastAudit());
    return verified;
  });
}

function inLines(): Report {
  return {
    finding: (finding) => console.log(lineOf(finding)),
    end({ files, bytes, objects, findings }, lastAudit) {
      const rows = Object.entries({ files, bytes: sizeOf(bytes), objects, findings });
      console.log(columns(rows.map(([what, count]) => [what, String(count)])));
      console.log(`The background audit: ${auditLine(lastAudit)}`);
    },
  };
}

/** `changed: attachment 0192…, disk:tickets/…, of ticket …` */
function lineOf({ problem, kind, id, ticket_id, storage, file_path, reason }: Finding): string {
  const who = id ? `${kind} ${id}` : kind;
  const ticket = ticket_id ? `, of ticket ${ticket_id}` : '';
  return `${problem}: ${who}, ${storage}:${file_path}${ticket}${reason ? ` (${reason})` : ''}`;
}

function auditLine(last: LastAudit | undefined): string {
  if (!last) return 'its first pass has not ended yet.';
  return `its last pass ended ${last.ended_at.toISOString()}: ${last.files} files, ${last.findings} findings.`;
}

function inJson(): Report {
  const list = jsonList('findings');
  return {
    finding: list.item,
    end: ({ findings: _, ...looked }, lastAudit) => list.end({ looked, last_audit: lastAudit ?? null }),
  };
}
