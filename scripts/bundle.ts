/**
 * Builds the web app and weighs the script, in KB after gzip, that a browser loads before a screen can be used. Fails
 * above the budget, and when screens of the admin bring the code of attachments along.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtWebApp } from '../server/src/cli/web-app.ts';

const BUDGET = 200; // KB
/** Where people come in first. */
const FIRST_SCREENS = ['account/SignIn', 'tickets/TicketList'];
const OTHER_SCREENS = ['tickets/TicketDetail', 'tickets/TicketForm', 'account/Account'];
const ADMIN_SCREENS = ['admin/People'];

interface Chunk {
  file: string;
  name?: string;
  imports?: string[];
}

const dist = await builtWebApp();
// Vite's own manifest of what it has just built.
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
const wrong: string[] = [];

for (const screen of [...FIRST_SCREENS, ...OTHER_SCREENS, ...ADMIN_SCREENS]) {
  const files = loadedFor(screen);
  const size = [...files].reduce((sum, file) => sum + gzipped(file), 0) / 1024;
  console.log(`${screen}: ${size.toFixed(1)} KB in ${files.size} files`);
  if (FIRST_SCREENS.includes(screen) && size > BUDGET) wrong.push(`${screen} is over ${BUDGET} KB`);
  if (ADMIN_SCREENS.includes(screen) && [...files].some((file) => /attachments/.test(file)))
    wrong.push(`${screen} brings the code of attachments`);
}
for (const line of wrong) console.error(line);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** The app itself, the words of one language, and the screen, with all that they import. */
function loadedFor(screen: string): Set<string> {
  const files = new Set<string>();
  for (const part of ['index.html', 'src/messages/en.ts', `src/${screen}.tsx`]) collect(part, files);
  return files;
}

function collect(part: string, files: Set<string>): void {
  const chunk = manifest[part];
  if (!chunk) throw new Error(`The build has no ${part}`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const other of chunk.imports ?? []) collect(other, files);
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
}
