import { shorten } from '../file-name.ts';

/** What some system does not take in a name (Windows takes the least). */
const UNSAFE = /[<>:"/\\|?*\p{Cc}]/gu;
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * The names of files side by side in one folder, wherever it is unpacked: what no system can hold is `_`, and what
 * another one has already, `taken` included and in any case, gets a number: `a (2).pdf`.
 */
export function entryNames(names: string[], taken: string[] = []): string[] {
  const used = new Set(taken.map(folded));
  return names.map((name) => {
    const free = firstFree(safe(name), used);
    used.add(folded(free));
    return free;
  });
}

function safe(name: string): string {
  const kept = name.replace(UNSAFE, '_').replace(/[. ]+$/, '');
  return kept === '' ? '_' : kept.replace(DEVICE, '_$1');
}

function firstFree(name: string, used: Set<string>): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  for (let number = 1; ; number += 1) {
    const numbered = number === 1 ? name : shorten(`${stem} (${number})${name.slice(stem.length)}`);
    if (!used.has(folded(numbered))) return numbered;
  }
}

/** What file systems that ignore case, or compose characters, take for the same. */
function folded(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase();
}
