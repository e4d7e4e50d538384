import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Client } from './client.ts';

export interface HeardEvent {
  kind: string;
  id: string | undefined;
  data: Record<string, string>;
}

/** Somebody who listens to `/events`; gone when the test is. */
export class Listener {
  readonly heard: HeardEvent[] = [];
  /** All that came, as it came. */
  text = '';
  /** Resolves when the stream has ended, by whomever. */
  readonly ended: Promise<void>;
  readonly headers: Headers;
  readonly #gone = new AbortController();

  private constructor(response: Response, gone: AbortController) {
    this.#gone = gone;
    this.headers = response.headers;
    this.ended = this.#read(response);
  }

  static async open(
    client: Client,
    ticketIds: string[],
    headers: Record<string, string> = {},
  ): Promise<Listener> {
    const gone = new AbortController();
    const response = await client.fetch(pathFor(ticketIds), { headers, signal: gone.signal });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const listener = new Listener(response, gone);
    onTestFinished(() => listener.leave());
    return listener;
  }

  /** After `ready`: whatever happens from now on is heard. */
  static async ready(
    client: Client,
    ticketIds: string[],
    headers: Record<string, string> = {},
  ): Promise<Listener> {
    const listener = await Listener.open(client, ticketIds, headers);
    await listener.until(({ kind }) => kind === 'ready');
    return listener;
  }

  leave(): void {
    this.#gone.abort();
  }

  /** The id to come back with. */
  get lastId(): string | undefined {
    return this.heard.findLast(({ id }) => id !== undefined)?.id;
  }

  /** Kinds of what was heard, but for what every stream has. */
  get kinds(): string[] {
    return this.heard.map(({ kind }) => kind).filter((kind) => kind !== 'ready' && kind !== 'ping');
  }

  /** The first event that fits, as soon as it is heard. */
  async until(fits: (event: HeardEvent) => boolean, patience = 5_000): Promise<HeardEvent> {
    for (const end = performance.now() + patience; performance.now() < end; await sleep(5)) {
      const found = this.heard.find(fits);
      if (found) return found;
    }
    throw new Error(`not heard within ${patience} ms; heard: ${JSON.stringify(this.heard)}`);
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of response.body ?? []) {
        const text = decoder.decode(bytes, { stream: true });
        this.text += text;
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // How a connection ends is no matter here.
    }
  }

  #take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [kind, data] = [field('event'), field('data')];
    if (kind !== undefined && data !== undefined) {
      this.heard.push({ kind, id: field('id'), data: JSON.parse(data) });
    }
  }
}

export function pathFor(ticketIds: string[]): string {
  return `/events?${new URLSearchParams(ticketIds.map((id): [string, string] => ['ticket_id', id]))}`;
}
