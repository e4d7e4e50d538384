import { DetailedError, Upload } from 'tus-js-client';
import { ApiProblem, networkFailed, problemOf } from './problem.ts';
import type { PieceOptions } from './send-in-pieces.ts';
import { tellIfSignedOut } from './signed-out.ts';

/** Milliseconds without a byte leaving after which the line counts as lost: a dead one says nothing by itself. */
const STALLED = 30_000;

/** What a status alone says: answers to HEAD have no body. */
const BARE: Record<number, string> = {
  401: 'not_signed_in',
  404: 'upload_not_found',
  410: 'upload_gone',
  423: 'upload_locked',
};

/** One try, by tus-js-client, of an upload that is there already; who tries again, and when, is not decided here. */
export function sendPieces(url: string, file: File, options: PieceOptions): Promise<void> {
  const { pieceSize, signal, onOffset, onProgress } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', abort);
      settle();
    };
    const upload = new Upload(file, {
      uploadUrl: url,
      chunkSize: pieceSize,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onProgress: (sent) => {
        clearTimeout(stalled);
        // When all has left, the server may take its time to check it.
        if (sent < file.size) stalled = setTimeout(lost, STALLED);
        onProgress(sent, file.size);
      },
      onAfterResponse: (request, response) => {
        const offset = Number(response.getHeader('Upload-Offset') ?? Number.NaN);
        if (response.getStatus() < 300 && Number.isInteger(offset))
          onOffset(offset, request.getMethod() === 'HEAD');
      },
      onSuccess: () => end(resolve),
      onError: (error) => end(() => reject(problemIn(error))),
    });
    const lost = () => {
      void upload.abort();
      end(() => reject(networkFailed()));
    };
    const abort = () => {
      void upload.abort();
      end(() => reject(signal.reason));
    };
    signal.addEventListener('abort', abort);
    stalled = setTimeout(lost, STALLED);
    upload.start();
  });
}

function problemIn(error: Error): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return error instanceof DetailedError ? networkFailed() : error;
  const status = response.getStatus();
  const said = problemOf(status, jsonOf(response.getBody()), response.getHeader('Retry-After') ?? null);
  const word = said.code === 'internal_error' ? BARE[status] : undefined;
  const problem = word === undefined ? said : new ApiProblem(word, status);
  tellIfSignedOut(problem);
  return problem;
}

/** Undefined where the body is no JSON: a proxy in between answers in its own way. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
