import { type Attachment, api, done, take, type Upload } from './client.ts';
import type { paths } from './openapi.d.ts';
import { ApiProblem, networkFailed, problemOf } from './problem.ts';
import { type SendOptions, sendFile } from './send-file.ts';
import { giveUp, type PieceOptions, sendInPieces } from './send-in-pieces.ts';

type ListPage = NonNullable<paths['/api/v1/tickets/{ticket_id}/attachments']['get']['parameters']['query']> &
  Record<'skip' | 'limit', number>;

const ROOT = '/api/v1';
const MOST_AT_ONCE = 100;

/** The files of one ticket, and the staged ones of whoever is signed in: what the components of attachments/ are given. */
export function attachmentsOf(ticketId: string) {
  return {
    list: (page: ListPage) =>
      take(
        api.GET('/api/v1/tickets/{ticket_id}/attachments', {
          params: { path: { ticket_id: ticketId }, query: page },
        }),
      ),
    listDeleted: async () => {
      const params = { path: { ticket_id: ticketId }, query: { limit: MOST_AT_ONCE } };
      return (await take(api.GET('/api/v1/tickets/{ticket_id}/attachments/deleted', { params }))).data;
    },
    attach: async (file: File, options: SendOptions) =>
      // What the server answers to this address, by its own description.
      (await sendFile(`${ROOT}/tickets/${ticketId}/attachments`, file, options)) as Attachment,
    attachInPieces: async (file: File, options: PieceOptions) => {
      const upload = await sendInPieces(file, { ticket_id: ticketId }, options);
      if (upload.state !== 'attached') throw new ApiProblem('internal_error', 200);
      return take(api.GET('/api/v1/attachments/{attachment_id}', pathOf(upload.attachment_id)));
    },
    zipUrl: () => `${ROOT}/tickets/${ticketId}/attachments.zip`,
    ...FILES,
    ...STAGING,
  };
}

/** Files by their own id, whatever ticket they are on. */
export const FILES = {
  describe: (id: string, description: string | null) =>
    take(api.PATCH('/api/v1/attachments/{attachment_id}', { ...pathOf(id), body: { description } })),
  remove: (id: string) => done(api.DELETE('/api/v1/attachments/{attachment_id}', pathOf(id))),
  restore: (id: string) => take(api.POST('/api/v1/attachments/{attachment_id}/restore', pathOf(id))),
  release: (id: string, reason: string) =>
    take(api.POST('/api/v1/attachments/{attachment_id}/release', { ...pathOf(id), body: { reason } })),
  rescan: (id: string) => take(api.POST('/api/v1/attachments/{attachment_id}/rescan', pathOf(id))),
  hold: (id: string, reason: string) =>
    take(api.PUT('/api/v1/attachments/{attachment_id}/legal-hold', { ...pathOf(id), body: { reason } })),
  liftHold: (id: string, reason: string) =>
    take(api.DELETE('/api/v1/attachments/{attachment_id}/legal-hold', { ...pathOf(id), body: { reason } })),
  downloadUrl: ({ id }: { id: string }) => `${ROOT}/attachments/${id}/download`,
  thumbnailUrl: ({ id }: { id: string }) => `${ROOT}/attachments/${id}/thumbnail`,
  previewUrl: ({ id }: { id: string }) => `${ROOT}/attachments/${id}/preview`,
  text: async ({ id }: { id: string }, maxBytes: number) => {
    const answer = await fetch(`${ROOT}/attachments/${id}/preview`).catch(() => {
      throw networkFailed();
    });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined), null);
    return readText(answer, maxBytes);
  },
};

export const STAGING = {
  policy: () => take(api.GET('/api/v1/attachments/policy')),
  stage: async (file: File, options: SendOptions) =>
    (await sendFile(`${ROOT}/uploads`, file, options)) as Upload,
  stageInPieces: async (file: File, options: PieceOptions) => {
    const upload = await sendInPieces(file, {}, options);
    // Sent with an earlier ticket or reply.
    if (upload.state !== 'ready') throw new ApiProblem('upload_finished', 409);
    return upload;
  },
  giveUp,
  staged: async () =>
    (await take(api.GET('/api/v1/uploads', { params: { query: { limit: MOST_AT_ONCE } } }))).data,
  stagedUpload: async (uploadId: string) => {
    const upload = await take(api.GET('/api/v1/uploads/{upload_id}', uploadPathOf(uploadId)));
    if (upload.state !== 'ready') throw new ApiProblem('upload_finished', 409);
    return upload;
  },
  discard: (uploadId: string) => done(api.DELETE('/api/v1/uploads/{upload_id}', uploadPathOf(uploadId))),
};

function pathOf(id: string) {
  return { params: { path: { attachment_id: id } } };
}

function uploadPathOf(id: string) {
  return { params: { path: { upload_id: id } } };
}

/** The first bytes as UTF-8; the rest is not waited for. */
async function readText(answer: Response, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder();
  const reader = answer.body?.getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { value: piece } = (await reader?.read()) ?? {};
    if (!piece) return { text: text + decoder.decode(), cut: false };
    const wanted = piece.subarray(0, maxBytes - bytes);
    text += decoder.decode(wanted, { stream: true });
    bytes += wanted.length;
    if (wanted.length < piece.length) {
      await reader?.cancel();
      return { text, cut: true };
    }
  }
}
