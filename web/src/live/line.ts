import type { Connection, Hears, LiveEvent } from './connection.ts';

/** What a tab shows: tickets, each with when it was asked for (ms), and perhaps uploads; null for nothing. */
export type Wants = Record<string, number> | null;

export interface Hearing {
  event(event: LiveEvent): void;
  standing(live: string[] | null): void;
  /** Somebody has signed out in one of the tabs. */
  stop(): void;
}

/** How the line is opened, from `place` on. */
export type Connect = (hears: Hears, place: string) => Connection;

/** A tab's part of whatever line there is. */
export interface Line {
  want(next: Wants): void;
  /** As when the tab is closed. */
  leave(): void;
}
