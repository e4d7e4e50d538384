/**
 * docs/openapi.json is what integrators build on. Without arguments: is it what the server describes? With `--write`:
 * make it so, unless that would break them. Whoever means to break them removes the file first, for all to see.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Change } from './openapi/change.ts';
import { compareApis } from './openapi/compatibility.ts';
import { describedApi } from './openapi/document.ts';

const FILE = 'docs/openapi.json';

const described = await describedApi();
const text = `${JSON.stringify(described, null, 2)}\n`;
const kept = existsSync(FILE) ? readFileSync(FILE, 'utf8') : undefined;
const changes = kept === undefined ? [] : compareApis(JSON.parse(kept), described);
const breaches = changes.filter(({ breaks }) => breaks);

if (kept === text) {
  console.log(`${FILE} is what the server describes.`);
} else if (breaches.length > 0) {
  fail(breaches, 'This breaks those who built on /api/v1. Keep what there was, or begin /api/v2.');
} else if (process.argv.includes('--write')) {
  writeFileSync(FILE, text);
  tell(changes);
  console.log(`${FILE} is written.`);
} else {
  fail(changes, `${FILE} is not what the server describes. Run npm run openapi and commit it.`);
}

function fail(changes: Change[], message: string): void {
  tell(changes);
  console.error(message);
  process.exitCode = 1;
}

function tell(changes: Change[]): void {
  for (const { breaks, where, what } of changes)
    console.error(`${breaks ? 'breaks' : 'note'}: ${where} ${what}`);
}
