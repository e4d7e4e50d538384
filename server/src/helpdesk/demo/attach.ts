import type { Attachments } from '../../attachments/index.ts';
import { Refusal } from '../../refusals.ts';
import type { Access } from '../access.ts';
import type { Caller } from '../caller.ts';

/** A file by its name, made when it is needed. */
export interface DemoFile {
  name: string;
  make: () => Buffer | Promise<Buffer>;
  description?: string;
}

/** Puts a file on a ticket, or on one reply of it, the way anybody's upload goes. */
export async function attach(
  { access, attachments }: { access: Access; attachments: Attachments },
  caller: Caller,
  { ticketId, replyId }: { ticketId: string; replyId?: string },
  { name, make, description }: DemoFile,
): Promise<void> {
  const content = await make();
  const grant = await access.toAttach(caller, ticketId, replyId);
  const upload = await attachments.begin(grant, { declaredSize: content.length });
  try {
    const stored = await attachments.receive(upload, name, oneChunk(content));
    await attachments.admit(grant, stored, { description: description ?? null });
  } catch (error) {
    await attachments.abandon(upload, error instanceof Refusal ? error : undefined);
    throw error;
  }
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
