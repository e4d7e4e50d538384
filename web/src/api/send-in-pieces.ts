import { type AttachedUpload, api, done, take, type Upload } from './client.ts';
import { ApiProblem, networkFailed } from './problem.ts';

export interface PieceOptions {
  /** Of an earlier try, which goes on. */
  uploadId: string | null;
  /** In bytes. */
  pieceSize: number;
  signal: AbortSignal;
  /** The server has made room for it, and knows it by this id; also when the signal is aborted by then. */
  onBegun(uploadId: string): void;
  /** The server has this many bytes; `resumed` where the upload begins or goes on from there. */
  onOffset(offset: number, resumed: boolean): void;
  /** Bytes of the file that have left, of how many. */
  onProgress(sent: number, total: number): void;
}

const VERSION = { 'tus-resumable': '1.0.0' };

/**
 * Sends a file by tus 1.0 from where an earlier try left off, one try without repeats. Resolves with the server's record
 * of an upload that has arrived and is checked. Rejects with a `ApiProblem`, or an `AbortError` once the signal is aborted.
 */
export async function sendInPieces(
  file: File,
  target: Record<string, string>,
  options: PieceOptions,
): Promise<Upload | AttachedUpload> {
  const { signal } = options;
  signal.throwIfAborted();
  let { uploadId } = options;
  const before = uploadId && (await arrived(uploadId, file));
  if (before) return before;
  if (uploadId === null) {
    uploadId = await begin(file, target);
    options.onBegun(uploadId);
  }
  // Most files need none of it.
  const { sendPieces } = await import('./send-pieces.ts');
  signal.throwIfAborted();
  const line = sendPieces(`${location.origin}/api/v1/uploads/tus/${uploadId}`, file, options);
  await line.catch(async (error) => {
    // The bare word of a HEAD: why, the record tells.
    if (error instanceof ApiProblem && error.code === 'internal_error' && error.status < 500) {
      await arrived(uploadId, file);
    }
    throw error;
  });
  const record = await arrived(uploadId, file);
  if (!record) throw networkFailed();
  return record;
}

/** Ends an upload, also while its last piece is still being let go of. */
export async function giveUp(uploadId: string, tries = 5): Promise<void> {
  try {
    await done(
      api.DELETE('/api/v1/uploads/tus/{upload_id}', {
        params: { path: { upload_id: uploadId }, header: VERSION },
      }),
    );
  } catch (error) {
    if (tries <= 1 || !(error instanceof ApiProblem && error.code === 'upload_locked')) throw error;
    await new Promise((wait) => setTimeout(wait, 1000));
    await giveUp(uploadId, tries - 1);
  }
}

/** What has arrived and is checked; null while there is more to come. Throws what became of it otherwise. */
async function arrived(uploadId: string, file: File): Promise<Upload | AttachedUpload | null> {
  const path = { upload_id: uploadId };
  const record = await take(api.GET('/api/v1/uploads/{upload_id}', { params: { path } }));
  switch (record.state) {
    case 'ready':
    case 'attached':
      return record;
    case 'receiving':
      return null;
    case 'expired':
      throw new ApiProblem('upload_gone', 410);
    case 'refused': {
      // Whoever goes on with it is told again why, in full.
      const header = { ...VERSION, 'upload-offset': String(file.size) };
      const piece = {
        headers: { 'content-type': 'application/offset+octet-stream' },
        body: '',
        bodySerializer: () => '',
      };
      await done(api.PATCH('/api/v1/uploads/tus/{upload_id}', { params: { path, header }, ...piece }));
      throw new ApiProblem(record.code, 400, { detail: record.detail, fileName: file.name });
    }
  }
}

async function begin(file: File, target: Record<string, string>): Promise<string> {
  const header = {
    ...VERSION,
    'upload-length': String(file.size),
    'upload-metadata': metadata({ filename: file.name, filetype: file.type, ...target }),
  };
  const { response } = await api.POST('/api/v1/uploads/tus', { params: { header } });
  const uploadId = response.headers.get('docket-upload-id');
  // An answer of something in between, which is no server of ours.
  if (!uploadId) throw networkFailed();
  return uploadId;
}

/** As `Upload-Metadata` has it: keys, and values in Base64 of their UTF-8. */
function metadata(values: Record<string, string>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(',');
}
