import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** What comes over one connection. */
export interface Heard {
  command: string;
  /** Bytes of the file so far. */
  bytes: number;
  /** The empty piece came, that ends the file. */
  whole: boolean;
}

/** What a fake clamd does to one connection, once it has heard its command. */
export type Behaviour = (socket: Socket, heard: Heard) => void;

export const VERSION = 'ClamAV 1.4.6/27800/Fri Nov 20 08:15:34 2026\0';

/** Answers VERSION well, and does this to whatever comes to be scanned. */
export const scanning =
  (behaviour: Behaviour): Behaviour =>
  (socket, heard) => {
    if (heard.command === 'zVERSION') socket.end(VERSION);
    else behaviour(socket, heard);
  };

/** Takes the whole file before it says this. */
export const after =
  (
    answer: string | ((heard: Heard) => string),
    then: (socket: Socket) => void = (socket) => socket.end(),
  ): Behaviour =>
  (socket, heard) => {
    const listen = () => {
      if (!heard.whole) return;
      socket.off('data', listen);
      socket.write(typeof answer === 'string' ? answer : answer(heard), () => then(socket));
    };
    socket.on('data', listen);
    listen();
  };

/** What takes `findingBySize` a while. */
const SLOW = { bytes: 100_000, ms: 3_000 };

/** Finds these signatures in files of these sizes, in bytes; all others are well. What is large takes seconds. */
export const findingBySize = (signatures: Record<number, string>): Behaviour => {
  const answer = after(({ bytes }) =>
    signatures[bytes] ? `stream: ${signatures[bytes]} FOUND\0` : 'stream: OK\0',
  );
  return scanning((socket, heard) => {
    const look = () => {
      if (!heard.whole) socket.once('data', look);
      else if (heard.bytes < SLOW.bytes) answer(socket, heard);
      else setTimeout(() => answer(socket, heard), SLOW.ms);
    };
    look();
  });
};

/** A clamd that misbehaves as told, over real sockets. */
export async function fakeClamd(behaviour: Behaviour) {
  const open = new Set<Socket>();
  const heard: Heard[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    let unread: Buffer = Buffer.alloc(0);
    let one: Heard | undefined;
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      if (!one) {
        const end = unread.indexOf(0);
        if (end === -1) return;
        one = { command: unread.toString('latin1', 0, end), bytes: 0, whole: false };
        heard.push(one);
        unread = unread.subarray(end + 1);
        unread = pieces(unread, one);
        behaviour(socket, one);
      } else unread = pieces(unread, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    address: { host: '127.0.0.1', port: address.port },
    heard,
    /** Connections that the other end has not closed. */
    get connections() {
      return [...open].filter((socket) => !socket.readableEnded).length;
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Counts what is whole among the bytes of pieces; resolves to what is left of them. */
function pieces(bytes: Buffer, heard: Heard): Buffer {
  let at = 0;
  while (bytes.length >= at + 4) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) heard.whole = true;
    if (bytes.length < at + 4 + length) break;
    heard.bytes += length;
    at += 4 + length;
  }
  return bytes.subarray(at);
}
