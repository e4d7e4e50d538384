const channel = new BroadcastChannel('docket session');

/** Tells the browser's other tabs who is signed in now, by id; null: nobody any more. */
export function tellOtherTabs(person: string | null): void {
  channel.postMessage(person);
}

/** Hears that in another tab somebody has signed in, or out. */
export function hearOtherTabs(hear: (person: string | null) => void): void {
  channel.onmessage = ({ data: person }: MessageEvent<string | null>) => hear(person);
}
