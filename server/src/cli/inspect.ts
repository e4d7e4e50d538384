import { basename } from 'node:path';
import type { Command } from 'commander';
import { parseConfig, readEnvironment } from '../config.ts';
import { sentence } from '../refusals.ts';
import { EXIT } from './exit.ts';
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
  const { allow7z } = parseConfig(readEnvironment());
  const { createInspector } = await import('../attachments/index.ts');
  const inspector = createInspector();
  const verdicts = await Promise.all(
    files.map(async (file) => ({
      file,
      ...(await inspector.inspect(file, basename(file), { allow7z })),
    })),
  ).finally(inspector.close);
  print(options, verdicts, () =>
    verdicts
      .map((verdict) => {
        const said = verdict.accepted
          ? [`accepted as ${verdict.mimeType}`, ...verdict.warnings.map((warning) => `warning: ${warning}`)]
          : [`refused: ${verdict.code}`, sentence(verdict.code, verdict.details)];
        return `${verdict.file}: ${said.join('; ')} (rule: ${verdict.rule})`;
      })
      .join('\n'),
  );
  if (!verdicts.every(({ accepted }) => accepted)) process.exitCode = EXIT.refused;
}
