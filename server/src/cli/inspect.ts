import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Inspection } from '../attachments/index.ts';
import { parseConfig, readEnvironment } from '../config.ts';
import { sentence } from '../refusals.ts';
import { Complaint, EXIT } from './exit.ts';
import { examples, JSON_OPTION, print } from './print.ts';

export function addInspect(docket: Command): void {
  docket
    .command('inspect')
    .description('Say of files whether Docket would take them, and which rule says so. Nothing is kept.')
    .argument('<file...>', 'files on this machine')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docket inspect report.pdf photo.jpg', 'docket inspect --json *.docx'))
    .action(inspect);
}

async function inspect(files: string[], options: { json?: true }): Promise<void> {
  const config = parseConfig(readEnvironment());
  const { createInspector } = await import('../attachments/index.ts');
  const { storageFrame } = await import('../storage-frame.ts');
  const { types } = storageFrame(config).configured;
  const inspector = createInspector();
  const judge = async (file: string) => {
    try {
      return { file, ...(await inspector.inspect(file, basename(file), { types })) };
    } catch (error) {
      throw new Complaint(EXIT.failed, `${file} cannot be read: ${error}`, { cause: error });
    }
  };
  const verdicts = await Promise.all(files.map(judge)).finally(inspector.close);
  print(options, verdicts, () => verdicts.map(lineOf).join('\n'));
  const refused = verdicts.filter(({ accepted }) => !accepted).length;
  if (refused > 0) throw new Complaint(EXIT.refused, `${refused} of ${files.length} would be refused.`);
}

function lineOf(verdict: Inspection & { file: string }): string {
  const said = verdict.accepted
    ? [`accepted as ${verdict.mimeType}`, ...verdict.warnings.map((warning) => `warning: ${warning}`)]
    : [`refused: ${verdict.code}`, sentence(verdict.code, verdict.details)];
  return `${verdict.file}: ${said.join('; ')} (rule: ${verdict.rule})`;
}
