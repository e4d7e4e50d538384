/** The only door of the folder: what happens, as it happens, for any screen. */

export type { LiveEvent } from './connection.ts';
export { followTicket, onUploadJudged, stopLive, useIsLive } from './live.ts';
