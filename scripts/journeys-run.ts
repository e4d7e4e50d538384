/** Which parts of the web app's sources the journeys have run, told from the built files that their browser ran. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';

/** Lines count from 1, columns from 0. */
export interface Place {
  line: number;
  column: number;
}

/** V8's account of one script: nested ranges of it, in characters, and how often each ran. */
export interface ScriptCoverage {
  file: string;
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

interface Mark extends Place {
  ran: boolean;
}

/** Answers whether what begins at `start` has run; `end` is where it ends, so that nothing behind it is taken for it. */
export function journeyed(folder: string): (path: string, start: Place, end: Place) => boolean {
  const marks = marksOf(readCoverage(folder));
  return (path, start, end) => {
    const ofFile = marks.get(path) ?? [];
    const first = ofFile.filter((mark) => !isBefore(mark, start) && isBefore(mark, end));
    const place = first[0];
    return first.some((mark) => mark.ran && mark.line === place?.line && mark.column === place.column);
  };
}

function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}

function readCoverage(folder: string): Map<string, ScriptCoverage[]> {
  const scripts = readdirSync(folder).flatMap(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ScriptCoverage[],
  );
  return Map.groupBy(scripts, ({ file }) => file);
}

/** Of each source, the places that the build still knows, in order. */
function marksOf(scripts: Map<string, ScriptCoverage[]>): Map<string, Mark[]> {
  const built = mkdtempSync(join(tmpdir(), 'docket-coverage-'));
  try {
    // The same files under the same names as those that were served, with their maps.
    execFileSync('vite', ['build', '--sourcemap', 'hidden', '--outDir', built, '--logLevel', 'error'], {
      cwd: 'web',
      stdio: 'inherit',
    });
    const marks = new Map<string, Mark[]>();
    for (const [file, coverage] of scripts) addMarks(join(built, 'assets'), file, coverage, marks);
    for (const list of marks.values())
      list.sort((one, other) => one.line - other.line || one.column - other.column);
    return marks;
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

function addMarks(built: string, file: string, coverage: ScriptCoverage[], marks: Map<string, Mark[]>): void {
  // What the builder adds of its own has no sources.
  if (!existsSync(join(built, `${file}.map`))) return;
  const code = readFileSync(join(built, file), 'utf8');
  const starts = lineStarts(code);
  const ran = whatRan(code.length, coverage);
  eachMapping(new TraceMap(readFileSync(join(built, `${file}.map`), 'utf8')), (mapping) => {
    const { source, originalLine: line, originalColumn: column, generatedLine, generatedColumn } = mapping;
    if (source === null) return;
    // Where the app would be if it were built in its place.
    const path = resolve('web/dist/assets', source.replace(/^.*\/src\//, '../../src/'));
    const offset = (starts[generatedLine - 1] ?? 0) + generatedColumn;
    const list = marks.get(path) ?? [];
    list.push({ line, column, ran: ran[offset] === 1 });
    marks.set(path, list);
  });
}

function lineStarts(code: string): number[] {
  return [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** For each character: did it run on any page? An inner range has the last word over the one around it. */
function whatRan(length: number, coverage: ScriptCoverage[]): Uint8Array {
  const any = new Uint8Array(length);
  for (const { functions } of coverage) {
    const page = new Uint8Array(length);
    const ranges = functions.flatMap((one) => one.ranges);
    ranges.sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
    for (const { startOffset, endOffset, count } of ranges)
      page.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    page.forEach((has, offset) => {
      if (has) any[offset] = 1;
    });
  }
  return any;
}
