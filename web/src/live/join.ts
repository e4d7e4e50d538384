import { listenAlone } from './alone.ts';
import { openConnection } from './connection.ts';
import type { Hearing, Line } from './line.ts';
import { joinTabs } from './tabs.ts';

/** This tab's part of the browser's line: one for all tabs where they can share it. */
export function join(name: string, hearing: Hearing): Line {
  return ('locks' in navigator ? joinTabs : listenAlone)(name, openConnection, hearing);
}
