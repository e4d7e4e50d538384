import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Client } from './client.ts';

export interface HeardEvent {
  kind: string;
  id: string | undefined;
  data: Record<string, string>;
}

/** Somebody who listens to `/events`, over a connection of their own; gone when the test is. */
export class Listener {
  readonly heard: HeardEvent[] = [];
  /** All that came, as it came. */
  text = '';
  /** Resolves when the stream has ended, by whomever. */
  readonly ended: Promise<void>;
  readonly response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.response = response;
    this.ended = this.#read();
  }

  static async open(
    client: Client,
    ticketIds: string[],
    headers: Record<string, string> = {},
    query: Record<string, string> = {},
  ): Promise<Listener> {
    const asking = get(client.url + pathFor(ticketIds, query), {
      agent: false,
      headers: { authorization: `Bearer ${client.token}`, ...headers },
    });
    const [response]: IncomingMessage[] = await once(asking, 'response');
    if (response?.statusCode !== 200) throw new Error(`${response?.statusCode}`);
    const listener = new Listener(response);
    onTestFinished(() => listener.leave());
    return listener;
  }

  /** After `ready`: whatever happens from now on is heard. */
  static async ready(...asked: Parameters<typeof Listener.open>): Promise<Listener> {
    const listener = await Listener.open(...asked);
    await listener.until(({ kind }) => kind === 'ready');
    return listener;
  }

  leave(): void {
    this.response.destroy();
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

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of this.response) {
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

/** What somebody is answered who asks to listen; they leave at once. */
export async function statusOfEvents(
  client: Client,
  ticketIds: string[],
  head = false,
): Promise<number | undefined> {
  const asking = request(client.url + pathFor(ticketIds), {
    ...{ agent: false, method: head ? 'HEAD' : 'GET' },
    headers: client.token ? { authorization: `Bearer ${client.token}` } : {},
  }).end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  response?.destroy();
  return response?.statusCode;
}

export function pathFor(ticketIds: string[], query: Record<string, string> = {}): string {
  const tickets = ticketIds.map((id): [string, string] => ['ticket_id', id]);
  return `/events?${new URLSearchParams([...tickets, ...Object.entries(query)])}`;
}
