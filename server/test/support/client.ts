/** A person at the API. */
export class Client {
  readonly url: string;
  readonly id: string;
  readonly token: string | undefined;

  constructor(url: string, token: string | undefined, id: string) {
    this.url = `${url}/api/v1`;
    this.token = token;
    this.id = id;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token) headers.set('authorization', `Bearer ${this.token}`);
    return fetch(this.url + path, { ...init, headers });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, { headers });
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.fetch(path, {
      method,
      headers: { ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send('POST', path, body, headers);
  }

  /** A form with one file. */
  upload(path: string, file: NamedBytes, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, { method: 'POST', body: formOf(file), headers });
  }

  /** Opens a ticket and resolves to its id. */
  async openTicket(more: Record<string, unknown> = {}): Promise<string> {
    const response = await this.post('/tickets', {
      subject: 'Printer',
      description: 'It is on fire.',
      ...more,
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return idOf(await response.json());
  }

  /** Puts a file on a ticket and resolves to its id. */
  async attach(ticketId: string, file: NamedBytes = note()): Promise<string> {
    const response = await this.upload(`/tickets/${ticketId}/attachments`, file);
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return idOf(await response.json());
  }

  /** Stages a file and resolves to its id. */
  async stage(file: NamedBytes = note()): Promise<string> {
    const response = await this.upload('/uploads', file);
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return idOf(await response.json());
  }
}

export interface NamedBytes {
  name: string;
  bytes: Uint8Array | string;
  description?: string;
  type?: string;
}

/** A small text file. */
export function note(text = 'It burns.\n', name = 'note.txt'): NamedBytes {
  return { name, bytes: text };
}

export function formOf({ name, bytes, description, type }: NamedBytes): FormData {
  const form = new FormData();
  if (description !== undefined) form.set('description', description);
  const content = typeof bytes === 'string' ? bytes : new Uint8Array(bytes);
  form.set('file', new Blob([content], { type: type ?? 'text/plain' }), name);
  return form;
}

export function idOf(json: unknown): string {
  if (typeof json === 'object' && json !== null && 'id' in json && typeof json.id === 'string')
    return json.id;
  throw new Error(`no id in ${JSON.stringify(json)}`);
}
