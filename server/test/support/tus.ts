import type { Client } from './client.ts';

const VERSION = { 'tus-resumable': '1.0.0' };
const PIECE = { ...VERSION, 'content-type': 'application/offset+octet-stream' };

/** `Upload-Metadata` of these. */
export function metadata(of: Record<string, string>): string {
  return Object.entries(of)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

/** A person who speaks tus, request by request. */
export function tusOf(person: Client) {
  const pathOf = (location: string | null) => new URL(location ?? '').pathname.replace('/api/v1', '');

  async function create(
    size: number,
    of: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return person.fetch('/uploads/tus', {
      method: 'POST',
      headers: {
        ...VERSION,
        'upload-length': String(size),
        'upload-metadata': metadata({ filename: 'log.txt', ...of }),
        ...headers,
      },
    });
  }

  return {
    create,
    /** Resolves to the path of a new upload. */
    async begin(size: number, of: Record<string, string> = {}): Promise<string> {
      const response = await create(size, of);
      if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
      return pathOf(response.headers.get('location'));
    },
    pathOf,
    head: (path: string, headers: Record<string, string> = {}) =>
      person.fetch(path, { method: 'HEAD', headers: { ...VERSION, ...headers } }),
    patch: (
      path: string,
      offset: number,
      body: NonNullable<RequestInit['body']>,
      headers: Record<string, string> = {},
    ) =>
      person.fetch(path, {
        method: 'PATCH',
        body,
        headers: { ...PIECE, 'upload-offset': String(offset), ...headers },
        ...(body instanceof ReadableStream && { duplex: 'half' }),
      }),
    remove: (path: string) => person.fetch(path, { method: 'DELETE', headers: VERSION }),
    /** What is told of the upload at that path. */
    async record(path: string): Promise<Record<string, unknown>> {
      const response = await person.get(path.replace('/tus', ''));
      return Object(await response.json());
    },
  };
}

/** How far an upload is, as an answer says. */
export function offsetIn(response: Response): number {
  return Number(response.headers.get('upload-offset') ?? Number.NaN);
}
