/**
 * Builds the web app and weighs the script, in KB after gzip, that a browser loads before a screen can be used. Fails
 * when a screen is above the budget, and when screens of the admin bring the code of attachments along.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtWebApp } from '../server/src/cli/web-app.ts';

const BUDGET = 200; // KB
const ROUTER = new URL('../web/src/app/router.tsx', import.meta.url);

interface Chunk {
  file: string;
  imports?: string[];
}

const dist = await builtWebApp();
// Vite's own manifest of what it has just built.
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
const wrong: string[] = [];

for (const screen of screens()) {
  const files = loadedFor(screen);
  const size = [...files].reduce((sum, file) => sum + gzipped(file), 0) / 1024;
  console.log(`${screen}: ${size.toFixed(1)} KB in ${files.size} files`);
  if (size > BUDGET) wrong.push(`${screen} is over ${BUDGET} KB`);
  if (screen.startsWith('admin/') && [...files].some((file) => /attachments/.test(file)))
    wrong.push(`${screen} brings the code of attachments`);
}
for (const line of wrong) console.error(line);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** All that the router loads when one comes to an address: "tickets/TicketList". */
function screens(): string[] {
  const found = readFileSync(ROUTER, 'utf8').matchAll(/import\('\.\.\/(\w+\/\w+)\.tsx'\)/g);
  return [...found].map(([, screen = '']) => screen);
}

/** The app itself, the words of one language, and the screen, with all that they import. */
function loadedFor(screen: string): Set<string> {
  const files = new Set<string>();
  for (const part of ['index.html', heaviestLanguage(), `src/${screen}.tsx`]) collect(part, files);
  return files;
}

function heaviestLanguage(): string {
  const languages = Object.keys(manifest).filter((part) => /^src\/messages\/[a-z]{2}\.ts$/.test(part));
  const weight = (language: string) => gzipped(chunkOf(language).file);
  return languages.reduce((heaviest, other) => (weight(other) > weight(heaviest) ? other : heaviest));
}

function collect(part: string, files: Set<string>): void {
  const { file, imports = [] } = chunkOf(part);
  if (files.has(file)) return;
  files.add(file);
  for (const other of imports) collect(other, files);
}

function chunkOf(part: string): Chunk {
  const chunk = manifest[part];
  if (!chunk) throw new Error(`The build has no ${part}`);
  return chunk;
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
}
