import { IncomingMessage } from 'node:http';

/** Milliseconds: the SDK may set its patience anew some seconds after a request has begun. */
const LOOK_AGAIN = 1_000;

/**
 * Of an answer that nobody reads for a while no bytes come, and that is not the server's silence: while its reader
 * pauses, nobody loses patience with the connection.
 */
export function bearWithReader(response: unknown): void {
  const body = bodyOf(response);
  if (!body) return;
  const { socket } = body;
  let patience: number | undefined;
  let looking: NodeJS.Timeout | undefined;
  const wait = () => {
    if (socket.timeout) patience = socket.timeout;
    socket.setTimeout(0);
  };
  const goOn = () => {
    clearInterval(looking);
    looking = undefined;
    if (patience !== undefined) socket.setTimeout(patience);
  };
  body.on('pause', () => {
    wait();
    looking ??= setInterval(wait, LOOK_AGAIN).unref();
  });
  body.on('resume', goOn);
  body.on('close', goOn);
}

function bodyOf(response: unknown): IncomingMessage | undefined {
  const body = typeof response === 'object' && response !== null && 'body' in response && response.body;
  return body instanceof IncomingMessage ? body : undefined;
}
