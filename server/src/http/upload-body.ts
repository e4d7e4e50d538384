import type { Multipart, MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MAX_DESCRIPTION_LENGTH } from '../attachments/index.ts';
import { Refusal } from '../refusals.ts';
import { type BodyBounds, withinBounds } from './body-bounds.ts';
import { letContinue } from './continue.ts';
import { checkedDescription } from './description.ts';

/** The form, for the description of the API: it is judged as it streams in, by `readUploadBody`. */
export const UploadForm = Type.Object({
  file: Type.String({
    format: 'binary',
    description: 'One file, with a file name. Its content decides what it is, not its Content-Type.',
  }),
  description: Type.Optional(
    Type.String({ maxLength: MAX_DESCRIPTION_LENGTH, description: 'What the file is about.' }),
  ),
});

export interface UploadBody<Received> {
  file: Received;
  description: string | null;
}

type Receive<Received> = (fileName: string, bytes: AsyncIterable<Uint8Array>) => Promise<Received>;

/**
 * Reads a form of one `file` and an optional `description`, in any order, to its very end. `receive` gets the file as it
 * arrives. Throws the refusal: no file, more than one, a description too long, a body that is broken or cut, or
 * one that goes beyond its bounds.
 */
export async function readUploadBody<Received>(
  request: FastifyRequest,
  reply: FastifyReply,
  bounds: BodyBounds,
  receive: Receive<Received>,
): Promise<UploadBody<Received>> {
  letContinue(request, reply);
  const form = createForm(request, bounds, receive);
  try {
    return await withinBounds(request.raw, bounds, form.read);
  } catch (error) {
    await form.close();
    throw error;
  }
}

function createForm<Received>(
  request: FastifyRequest,
  { maxFileSize }: BodyBounds,
  receive: Receive<Received>,
) {
  let open: MultipartFile['file'] | undefined;
  let receiving: Promise<Received> | undefined;

  async function read(): Promise<UploadBody<Received>> {
    let received: { file: Received } | undefined;
    let description: string | null = null;
    // The size is ours to count; the parser's limit stands behind it.
    const parts = request.parts({ limits: { fileSize: maxFileSize + 1 } });
    for await (const part of wellFormed<Multipart>(parts)) {
      if (part.type === 'field') {
        if (part.fieldname === 'description') description = descriptionIn(part);
        continue;
      }
      open = part.file;
      if (received) throw new Refusal('multiple_files');
      if (part.fieldname !== 'file' || !part.filename) throw new Refusal('file_missing');
      receiving = receive(part.filename, wellFormed<Buffer>(part.file));
      received = { file: await receiving };
    }
    if (!received) throw new Refusal('file_missing');
    return { ...received, description };
  }

  /** Resolves when the file is in nobody's hands any more: what is cleared away next stays away. */
  async function close(): Promise<void> {
    // Whoever still waits for bytes of a form that nobody reads any more would wait for ever.
    open?.destroy();
    await Promise.allSettled([receiving]);
  }

  return { read, close };
}

/** The parser's complaints are about what the client sent. */
async function* wellFormed<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
  try {
    yield* items;
  } catch (error) {
    throw new Refusal('body_malformed', {}, { cause: error });
  }
}

function descriptionIn({ value, valueTruncated }: MultipartValue): string | null {
  // The parser turns a field that says it is JSON into whatever its JSON is.
  if (typeof value !== 'string') throw new Refusal('request_invalid', { actual: 'description is not text' });
  if (valueTruncated) throw new Refusal('description_too_long', { limit: MAX_DESCRIPTION_LENGTH });
  return checkedDescription(value);
}
