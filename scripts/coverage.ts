/**
 * How much of the web app its tests in a browser run, those of components and the journeys together. Reads what
 * `vitest run --coverage` has left in `coverage/` and what the journeys have left in the folder that
 * DOCKET_TEST_COVERAGE named, which is the one argument. Fails below the goal.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { journeyed, type Place } from './journeys-run.ts';

const GOAL = 85; // % of lines
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Which folder have the journeys left their coverage in?');

/** What Istanbul's format says of a file; a column of null is the end of its line. */
interface FileCoverage {
  path: string;
  statementMap: Record<string, { start: Place; end: { line: number; column: number | null } }>;
  s: Record<string, number>;
}

const report = JSON.parse(readFileSync('coverage/coverage-final.json', 'utf8')) as Record<
  string,
  FileCoverage
>;
const ran = journeyed(folder);
const files = Object.values(report)
  .map((file) => ({ path: relative(process.cwd(), file.path), lines: linesOf(file) }))
  .filter(({ path }) => path.startsWith('web/src/'))
  .map(({ path, lines }) => ({ path, all: lines.size, run: [...lines.values()].filter(Boolean).length }));

for (const { path, all, run } of files.toSorted((one, other) => one.run / one.all - other.run / other.all)) {
  if (run < all * 0.8) console.log(`${path}: ${run} of ${all} lines`);
}
const all = files.reduce((sum, file) => sum + file.all, 0);
const run = files.reduce((sum, file) => sum + file.run, 0);
const percent = (100 * run) / all;
console.log(
  `The tests run ${percent.toFixed(1)} % of the web app's lines (${run} of ${all}); the goal is ${GOAL} %.`,
);
process.exitCode = percent >= GOAL ? 0 : 1;

/** For each line that begins a statement: has one of them run? An import is none, since a build leaves nothing of it. */
function linesOf({ path, statementMap, s }: FileCoverage): Map<number, boolean> {
  const source = readFileSync(path, 'utf8').split('\n');
  const lines = new Map<number, boolean>();
  for (const [id, { start, end }] of Object.entries(statementMap)) {
    if (source[start.line - 1]?.startsWith('import ')) continue;
    const before = { line: end.line, column: end.column ?? Number.POSITIVE_INFINITY };
    const has = (s[id] ?? 0) > 0 || ran(path, start, before);
    lines.set(start.line, has || lines.get(start.line) === true);
  }
  return lines;
}
