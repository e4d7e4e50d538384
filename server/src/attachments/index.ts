/** The only door of the room: whoever is outside imports from here. */
export type { Actor, Grant } from './grant.ts';
