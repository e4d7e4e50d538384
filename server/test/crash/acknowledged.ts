import { createHash } from 'node:crypto';
import type { Client } from '../support/client.ts';

export interface Promised {
  sha256: string;
  /** A delete was asked for: acknowledged, or cut off so that either outcome is right. */
  deletion?: 'acknowledged' | 'unknown';
}

/** What the server has promised: every file it has answered 201 for, by its id. */
export type Acknowledged = Map<string, Promised>;

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Every promise that is broken, a line each. */
export async function brokenPromises(client: Client, acknowledged: Acknowledged): Promise<string[]> {
  const broken: string[] = [];
  const left = [...acknowledged];
  const check = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const problem = await problemOf(client, ...next);
      if (problem) broken.push(`${next[0]}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: 4 }, check));
  return broken;
}

/** The storm may delete what is being checked: what was promised before the question must hold in the answer. */
async function problemOf(client: Client, id: string, promised: Promised): Promise<string | undefined> {
  const wasDeleted = promised.deletion === 'acknowledged';
  const response = await client.get(`/attachments/${id}/download`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (wasDeleted) return response.status === 410 ? undefined : `deleted, and answers ${response.status}`;
  if (response.status === 410 && promised.deletion) return undefined;
  if (response.status !== 200) return `acknowledged, and answers ${response.status}`;
  return sha256(bytes) === promised.sha256 ? undefined : 'acknowledged, and has other bytes now';
}

/** Every file that a ticket shows and that cannot be fetched as it is shown. */
export async function halfWritten(client: Client, ticketId: string): Promise<string[]> {
  const response = await client.get(`/tickets/${ticketId}/attachments?limit=100`);
  const shown = (await response.json()) as { data: { id: string; sha256: string }[] };
  return brokenPromises(client, new Map(shown.data.map(({ id, sha256 }) => [id, { sha256 }])));
}
