import { Agent, request } from 'node:http';

/** One request's story, in milliseconds. */
export interface Timing {
  /** From the last byte of the body handed to the kernel to the answer's first. */
  tail: number;
  whole: number;
}

export interface Target {
  url: string;
  headers: Record<string, string>;
}

export const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const BOUNDARY = 'docket-bench-boundary';

/** Sends a file as a form, as a browser does, and waits for its 201. */
export function upload({ url, headers }: Target, content: Buffer): Promise<Timing> {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="log.txt"\r\nContent-Type: text/plain\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let sent = begun;
    const sending = request(
      url,
      {
        agent,
        method: 'POST',
        headers: {
          ...headers,
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
          'content-length': head.length + content.length + tail.length,
        },
      },
      (response) => {
        const answered = performance.now();
        response.resume();
        response.on('end', () => {
          if (response.statusCode !== 201) reject(new Error(`${url} answered ${response.statusCode}`));
          else resolve({ tail: answered - sent, whole: performance.now() - begun });
        });
      },
    );
    sending.on('error', reject);
    sending.write(head);
    sending.write(content);
    sending.end(tail, () => {
      sent = performance.now();
    });
  });
}

/** Fetches and throws away; resolves to how many bytes came. */
export function download({ url, headers }: Target): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(size);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

/** Does `act` `count` times over, `clients` at once; resolves to the seconds that took. */
export async function together(
  clients: number,
  count: number,
  act: (turn: number) => Promise<void>,
): Promise<number> {
  let turn = 0;
  const begun = performance.now();
  const client = async () => {
    while (turn < count) await act(turn++);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (performance.now() - begun) / 1000;
}

/** The value below which this share of the values lies; 0.5 is the median. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: number[]) => quantile(values, 0.5);
