import { once } from 'node:events';
import { type NetConnectOpts, Socket } from 'node:net';

/** Where clamd listens. */
export type ClamdAddress = { path: string } | { host: string; port: number };

/** What clamd said until the connection was over. */
export interface Reply {
  text: string;
  /** It did not read all that was sent. */
  broken: boolean;
}

/** One command over one connection (clamd(8), COMMANDS). */
export interface Exchange {
  /** Resolves, with room for the next piece, to whether clamd takes it: not once it answers. Throws nothing. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Rejects with `SilentClamd`, `EndlessReply`, or the reason of the signal; how clamd ends is no error. */
  reply: Promise<Reply>;
  close(): void;
}

/** Neither did a byte come nor could one be sent for too long. */
export class SilentClamd extends Error {}

export class EndlessReply extends Error {}

/** More than any answer of clamd has. */
const MAX_REPLY = 4096;

/**
 * Connects and sends a command; rejects when there is no connection. `silence` is in ms. Once `signal` is aborted the
 * connection is closed at once.
 */
export async function exchange(
  address: ClamdAddress,
  command: 'VERSION' | 'INSTREAM',
  signal: AbortSignal,
  silence: number,
): Promise<Exchange> {
  signal.throwIfAborted();
  const socket = new PatientSocket();
  let answered = false;
  socket.once('data', () => {
    answered = true;
  });
  const reply = replyOf(socket, signal, silence);
  reply.catch(() => {}); // whoever waits for it hears of it
  const connection: NetConnectOpts = address;
  await once(socket.connect(connection), 'connect', { signal });
  socket.write(`z${command}\0`);

  return {
    async write(bytes) {
      const open = () => socket.writable && !socket.broken && !answered;
      if (open() && !socket.write(bytes)) await drained(socket);
      return open();
    },
    reply,
    close: () => void socket.destroy(),
  };
}

function replyOf(socket: PatientSocket, signal: AbortSignal, silence: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const end = () =>
      resolve({
        text: Buffer.concat(pieces).toString('latin1'),
        broken: socket.broken || !socket.readableEnded,
      });
    const giveUp = (reason: unknown) => {
      reject(reason);
      socket.destroy();
    };
    const abort = () => giveUp(signal.reason);
    signal.addEventListener('abort', abort);
    socket.setTimeout(silence, () => giveUp(new SilentClamd()));
    socket.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > MAX_REPLY) giveUp(new EndlessReply());
      else pieces.push(piece);
    });
    socket.on('error', () => {}); // as any other end
    socket.on('end', end);
    socket.on('close', () => {
      signal.removeEventListener('abort', abort);
      end();
    });
  });
}

/**
 * A clamd that has had enough answers and closes the connection: the write that fails then must not take the answer
 * along that nobody has read yet.
 */
class PatientSocket extends Socket {
  broken = false;

  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    super._write(chunk, encoding, this.#bearing(done));
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Done): void {
    super._writev?.(chunks, this.#bearing(done));
  }

  #bearing(done: Done): Done {
    return (error) => {
      this.broken ||= Boolean(error);
      done();
    };
  }
}

type Done = (error?: Error | null) => void;

/** Resolves when there is room again, or never will be. */
async function drained(socket: Socket): Promise<void> {
  const over = new AbortController();
  const giveUp = () => over.abort();
  socket.once('end', giveUp).once('close', giveUp);
  await once(socket, 'drain', { signal: over.signal }).catch(() => {});
  socket.off('end', giveUp).off('close', giveUp);
}
