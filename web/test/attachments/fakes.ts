import { ApiProblem } from '../../src/api/problem.ts';
import type {
  Attachment,
  AttachmentsApi,
  DeletedAttachment,
  ListPage,
  PieceOptions,
  Policy,
  SendOptions,
  StagedUpload,
} from '../../src/attachments/api.ts';

export const POLICY: Policy = {
  max_file_size: 1000,
  max_files_per_ticket: 5,
  max_total_size_per_ticket: 3000,
  max_description_length: 500,
  uploads_per_minute: 20,
  concurrent_uploads: 4,
  max_staged_files: 40,
  max_staged_size: 5000,
  scanning: true,
  resumable: { above: 4000, chunk_size: 1000 },
  accepted: [
    { extension: 'pdf', mime_type: 'application/pdf' },
    { extension: 'txt', mime_type: 'text/plain' },
    { extension: 'csv', mime_type: 'text/csv' },
    { extension: 'png', mime_type: 'image/png' },
    { extension: 'jpg', mime_type: 'image/jpeg' },
  ],
};

const TEN_BYTES = 'ten bytes!';

export function fileOf(name: string, content: BlobPart = TEN_BYTES, type = ''): File {
  return new File([content], name, { type, lastModified: 1_700_000_000_000 });
}

export function attachmentOf(name: string, more: Partial<Attachment> = {}): Attachment {
  return {
    id: crypto.randomUUID(),
    ticket_id: '00000000-0000-4000-8000-000000000001',
    reply_id: null,
    file_name: name,
    file_size: 1234,
    mime_type: 'application/pdf',
    description: null,
    sha256: '0'.repeat(64),
    warnings: [],
    virus_scan_status: 'skipped',
    virus_scan_timestamp: null,
    virus_scan_result: null,
    released_at: null,
    released: null,
    legal_hold: null,
    uploaded_by: '00000000-0000-4000-8000-000000000002',
    uploader: { id: '00000000-0000-4000-8000-000000000002', name: 'Ada Lovelace' },
    created_at: '2026-11-20T10:00:00.000Z',
    can: {
      download: true,
      preview: true,
      thumbnail: more.mime_type?.startsWith('image/') ?? false,
      edit: true,
      delete: true,
      restore: false,
      release: false,
      rescan: false,
      hold: false,
    },
    ...more,
  };
}

export function stagedOf(name: string, more: Partial<StagedUpload> = {}): StagedUpload {
  const {
    id,
    file_name,
    file_size,
    mime_type,
    description,
    sha256,
    warnings,
    virus_scan_status,
    virus_scan_timestamp,
    virus_scan_result,
    created_at,
  } = attachmentOf(name);
  return {
    id,
    state: 'ready',
    file_name,
    file_size,
    mime_type,
    description,
    sha256,
    warnings,
    virus_scan_status,
    virus_scan_timestamp,
    virus_scan_result,
    created_at,
    expires_at: created_at,
    ...more,
  };
}

export function deletedOf(attachment: Attachment): DeletedAttachment {
  const deleted_by = { id: attachment.uploaded_by, name: 'Grace Hopper' };
  return { ...attachment, deleted_at: new Date().toISOString(), deleted_by };
}

/** One send that the test brings to its end as it likes. */
export interface Sending {
  file: File;
  key: string;
  aborted: boolean;
  /** What it goes on with; undefined for a form. */
  uploadId: string | null | undefined;
  begin(uploadId: string): void;
  offset(bytes: number, resumed?: boolean): void;
  progress(sent: number): void;
  succeed(): void;
  fail(problem: ApiProblem): void;
}

/** Sends that wait until the test decides; newest last. */
export class FakeLine {
  readonly sendings: Sending[] = [];

  send<T>(file: File, options: SendOptions | PieceOptions, result: (name: string) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const pieces = 'onBegun' in options ? options : null;
      const sending: Sending = {
        file,
        key: 'idempotencyKey' in options ? options.idempotencyKey : '',
        aborted: false,
        uploadId: pieces?.uploadId,
        begin: (uploadId) => pieces?.onBegun(uploadId),
        offset: (bytes, resumed = false) => pieces?.onOffset(bytes, resumed),
        progress: (sent) => options.onProgress(sent, file.size),
        succeed: () => resolve(result(file.name)),
        fail: (problem) => reject(problem),
      };
      options.signal.addEventListener('abort', () => {
        sending.aborted = true;
        reject(options.signal.reason);
      });
      this.sendings.push(sending);
    });
  }

  get names(): string[] {
    return this.sendings.map(({ file }) => file.name);
  }

  /** The latest send of a file. */
  of(name: string): Sending {
    const found = this.sendings.findLast(({ file }) => file.name === name);
    if (!found) throw new Error(`${name} was never sent; sent were: ${this.names.join(', ')}`);
    return found;
  }
}

/** An `AttachmentsApi` without a server: sends go over `line`, the rest answers from `files`. */
export class FakeApi implements AttachmentsApi {
  readonly line = new FakeLine();
  files: Attachment[];
  uploads: StagedUpload[] = [];
  discarded: string[] = [];
  givenUp: string[] = [];
  calls: string[] = [];
  policyInForce = POLICY;

  constructor(files: Attachment[] = []) {
    this.files = files;
  }

  policy = async (): Promise<Policy> => this.policyInForce;

  list = async ({ skip, limit, on, virus_scan_status: verdict }: ListPage) => {
    this.calls.push(['list', skip, ...(on ? ['on', on] : []), ...(verdict ? [verdict] : [])].join(' '));
    const files = this.files
      .filter(({ reply_id }) => on === undefined || reply_id === null)
      .filter(({ virus_scan_status }) => verdict === undefined || virus_scan_status === verdict);
    const deleted_total = this.gone.size;
    return { data: files.slice(skip, skip + limit), total: files.length, deleted_total, skip, limit };
  };

  listDeleted = async (): Promise<DeletedAttachment[]> => {
    this.calls.push('list deleted');
    return [...this.gone.values()].toReversed();
  };

  attach = (file: File, options: SendOptions): Promise<Attachment> =>
    this.line.send(file, options, (name) => attachmentOf(name, { file_size: file.size }));

  stage = (file: File, options: SendOptions): Promise<StagedUpload> =>
    this.line.send(file, options, (name) => stagedOf(name, { file_size: file.size }));

  attachInPieces = (file: File, options: PieceOptions): Promise<Attachment> =>
    this.line.send(file, options, (name) => attachmentOf(name, { file_size: file.size }));

  stageInPieces = (file: File, options: PieceOptions): Promise<StagedUpload> =>
    this.line.send(file, options, (name) => stagedOf(name, { file_size: file.size }));

  giveUp = async (uploadId: string): Promise<void> => {
    this.givenUp.push(uploadId);
  };

  staged = async (): Promise<StagedUpload[]> => this.uploads;

  stagedUpload = async (uploadId: string): Promise<StagedUpload> => {
    this.calls.push(`staged ${uploadId}`);
    const found = this.uploads.find(({ id }) => id === uploadId);
    if (!found) throw new ApiProblem('upload_not_found', 404);
    return found;
  };

  discard = async (uploadId: string): Promise<void> => {
    this.discarded.push(uploadId);
  };

  describe = async (id: string, description: string | null): Promise<Attachment> => {
    this.calls.push(`describe ${description}`);
    return { ...this.attachment(id), description };
  };

  remove = async (id: string): Promise<void> => {
    this.calls.push(`remove ${this.attachment(id).file_name}`);
    this.gone.set(id, deletedOf(this.attachment(id)));
    this.files = this.files.filter((file) => file.id !== id);
  };

  restore = async (id: string): Promise<Attachment> => {
    const gone = this.gone.get(id);
    if (!gone) throw new ApiProblem('attachment_not_found', 404);
    const { deleted_at: _, deleted_by: __, ...back } = gone;
    this.calls.push(`restore ${back.file_name}`);
    this.gone.delete(id);
    this.files = [back, ...this.files];
    return back;
  };

  release = async (id: string, reason: string): Promise<Attachment> => {
    const file = this.attachment(id);
    this.calls.push(`release ${file.file_name}: ${reason}`);
    const at = new Date().toISOString();
    const by = { id: crypto.randomUUID(), name: 'Grace Hopper' };
    const can = { ...file.can, download: true, release: false };
    const released = { ...file, released_at: at, released: { at, by, reason }, can };
    this.files = this.files.map((one) => (one.id === id ? released : one));
    return released;
  };

  rescan = async (id: string): Promise<Attachment> => {
    this.calls.push(`rescan ${this.attachment(id).file_name}`);
    return this.attachment(id);
  };

  hold = async (id: string, reason: string): Promise<Attachment> => {
    const by = { id: crypto.randomUUID(), name: 'Grace Hopper' };
    return this.held(id, `hold: ${reason}`, { at: new Date().toISOString(), by, reason });
  };

  liftHold = async (id: string, reason: string): Promise<Attachment> =>
    this.held(id, `lift: ${reason}`, null);

  private held(id: string, call: string, legal_hold: Attachment['legal_hold']): Attachment {
    const gone = this.gone.get(id);
    const file = { ...(gone ?? this.attachment(id)), legal_hold };
    this.calls.push(`${file.file_name} ${call}`);
    if (gone) this.gone.set(id, { ...gone, legal_hold });
    this.files = this.files.map((one) => (one.id === id ? file : one));
    return file;
  }

  downloadUrl = ({ id }: Attachment) => `/download/${id}`;
  thumbnailUrl = ({ id }: Attachment) => `/thumbnail/${id}`;
  previewUrl = ({ id }: Attachment) => `/preview/${id}`;
  zipUrl = () => '/all.zip';
  text = async (): Promise<{ text: string; cut: boolean }> => ({ text: 'plain text', cut: false });

  /** Oldest first. */
  readonly gone = new Map<string, DeletedAttachment>();

  private attachment(id: string): Attachment {
    const found = this.files.find((file) => file.id === id);
    if (!found) throw new ApiProblem('attachment_not_found', 404);
    return found;
  }
}
