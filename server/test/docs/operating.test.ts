import { glob, readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { beforeAll, expect, it } from 'vitest';
import { limitsFor } from '../../src/attachments/index.ts';
import { MOST_PACE, PASS_DAYS } from '../../src/attachments/upkeep/audit-pass.ts';
import { createProgram } from '../../src/cli/docket.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { LAST_UPLOADS } from '../../src/cli/serve.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { parseConfig } from '../../src/config.ts';

let page: string;
beforeAll(async () => {
  page = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8');
});

/** The rows of the page's tables whose first cell is like this. */
const rows = (first: RegExp) => page.split('\n').filter((line) => first.test(line));

it('lists every setting as the source has it', () => {
  const rowOf = (each: { name: string; default: string; does: string }) =>
    `| \`${each.name}\` | ${each.default ? `\`${each.default}\`` : 'not set'} | ${each.does} |`;
  expect(rows(/^\| `[A-Z][A-Z0-9_]+` \|/)).toEqual(Object.values(VARIABLES).map(rowOf));
});

it('lists every command there is and no other', () => {
  const names = (command: Command, path: string): string[] =>
    command.commands.length > 0
      ? command.commands.flatMap((each) => names(each, `${path} ${each.name()}`))
      : [path];
  const listed = rows(/^\| `docket /).map((row) => /`([^`]+)`/.exec(row)?.[1]);
  expect(new Set(listed)).toEqual(new Set(names(createProgram(), 'docket')));
});

it('lists every exit code', () => {
  const listed = rows(/^\| `\d` \|/).map((row) => Number(/`(\d)`/.exec(row)?.[1]));
  expect(listed).toEqual(Object.values(EXIT));
});

it('says how long uploads under way have', () => {
  expect(page).toContain(`have ${LAST_UPLOADS / 1000} seconds to end`);
});

it('sets clamd up with limits that cover our files', () => {
  const [sed = ''] = rows(/^sed -i -E .*clamd\.conf$/);
  const told = limitsFor(parseConfig({}).maxFileSize).map((line) => line.split(' '));
  for (const [name = '', value = ''] of told) {
    expect(sed).toMatch(new RegExp(`\\b${name}\\b.*\\b${value}\\b`));
  }
});

it('says of every alarm what to do', async () => {
  const source = new URL('../../src/', import.meta.url);
  let all = '';
  for await (const path of glob('**/*.ts', { cwd: source }))
    all += await readFile(new URL(path, source), 'utf8');
  const raised = [...all.matchAll(/alarm: 'integrity'[^;]*?\}, '([^']+)'/g)].map(([, message]) => message);
  const told = rows(/^\| `(a|an|the) /).map((row) => /`([^`]+)`/.exec(row)?.[1] ?? '');
  expect(raised.length).toBeGreaterThan(3);
  expect(told).toEqual(expect.arrayContaining(raised));
  for (const message of told) expect(all).toContain(`'${message}'`);
});

it('says how slow the audit is', () => {
  expect(page).toContain(
    `seen once in ${PASS_DAYS} days, at no more than ${MOST_PACE / 1024 ** 2} MB a second`,
  );
});
