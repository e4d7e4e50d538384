import type { Readable } from 'node:stream';
import { DataStore, Metadata, Upload } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Checksum, Grant, ResumableUpload } from '../../attachments/index.ts';
import type { Caller } from '../../helpdesk/caller.ts';
import { letContinue } from '../continue.ts';
import type { Services } from '../services.ts';
import type { Body } from './body.ts';
import { checksumOf } from './checksum.ts';
import { fileMetadata } from './metadata.ts';

/** Milliseconds the shell adds to when it thinks that an upload was made; ours have a term of their own. */
const TERM = 24 * 3_600_000;

/** One request in the shell's eyes: its store, which knows who asks. */
export class Exchange extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'expiration', 'termination', 'checksum'];
  /** As far as this request has brought it. */
  upload: ResumableUpload | undefined;
  readonly #services: Services;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #body: Body;
  readonly #checksum: Checksum | undefined;
  #grant: Grant<'attach'> | Grant<'stage'> | undefined;

  constructor(services: Services, request: FastifyRequest, reply: FastifyReply, body: Body) {
    super();
    this.#services = services;
    this.#request = request;
    this.#reply = reply;
    this.#body = body;
    this.#checksum = checksumOf(request.headers['upload-checksum']);
  }

  override async create(asked: Upload): Promise<Upload> {
    const { access, attachments } = this.#services;
    const metadata = Metadata.stringify(asked.metadata ?? {});
    const { ticketId, replyId, ...file } = fileMetadata(metadata);
    this.#grant = await access.toGoOn(
      this.#caller(),
      ticketId === undefined ? undefined : { ticketId, replyId },
    );
    const { id, size = 0 } = asked;
    this.upload = await attachments.resumable.create(this.#grant, { id, size, metadata, ...file });
    return asked;
  }

  /** Finishes an upload whose bytes are all there: whoever should have done that died, or could not. */
  override async getUpload(id: string): Promise<Upload> {
    const { access, attachments } = this.#services;
    let upload = await attachments.resumable.get(this.#caller(), id);
    if (upload.state === 'receiving') {
      this.#grant = await access.toGoOn(this.#caller(), upload.target);
      if (upload.offset === upload.length) upload = await attachments.resumable.finish(this.#grant, upload);
    }
    this.upload = upload;
    const { length, offset, expiresAt, metadata } = upload;
    const creation_date = new Date(expiresAt.getTime() - TERM).toISOString();
    return new Upload({ id, size: length, offset, creation_date, metadata: Metadata.parse(metadata) });
  }

  /** `nothing` is what the shell read. */
  override async write(nothing: Readable, _id: string, offset: number): Promise<number> {
    nothing.resume();
    if (!this.upload || !this.#grant) return offset; // finished before, and nothing more to write
    letContinue(this.#request, this.#reply);
    this.upload = await this.#services.attachments.resumable.receive(this.#grant, this.upload, {
      ...{ offset, bytes: this.#body.read(), checksum: this.#checksum },
      wasCut: () => !this.#request.raw.complete,
    });
    return this.upload.offset;
  }

  override async remove(id: string): Promise<void> {
    const { resumable } = this.#services.attachments;
    await resumable.terminate(await resumable.get(this.#caller(), id), this.#caller());
  }

  override getExpiration(): number {
    return TERM;
  }

  #caller(): Caller {
    return this.#request.caller();
  }
}
