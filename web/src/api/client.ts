import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.d.ts';
import { ApiProblem, networkFailed, problemOf } from './problem.ts';
import { tellIfSignedOut } from './signed-out.ts';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type Person = Schemas['Person'];
export type User = Schemas['User'];
export type Role = Me['role'];
export type Ticket = Schemas['Ticket'];
export type TicketStatus = Ticket['status'];
export type TicketPriority = Ticket['priority'];
export type Reply = Schemas['Reply'];
export type Attachment = Schemas['Attachment'];
export type BlockedAttachment = Schemas['BlockedAttachment'];
export type AttachmentPolicy = Schemas['AttachmentPolicy'];
export type StorageConfig = Schemas['StorageConfig'];
export type Upload = Schemas['Upload'];
export type AttachedUpload = Schemas['AttachedUpload'];
export type Token = Schemas['Token'];
export type Session = Schemas['Session'];

/** The API with its own types. Every refusal, and a lost line, is thrown as an `ApiProblem`. */
export const api = createClient<paths>();

api.use({
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    const body: unknown = await response.json().catch(() => undefined);
    const problem = problemOf(response.status, body, response.headers.get('retry-after'));
    // Whoever asks who is signed in deals with the answer.
    if (schemaPath !== '/api/v1/auth/get-session') tellIfSignedOut(problem);
    throw problem;
  },
  onError: ({ error }) => (error instanceof ApiProblem || isAbort(error) ? undefined : networkFailed()),
});

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The body of an answer; `take(api.GET(…))`. */
export async function take<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await answer;
  if (data === undefined) throw new ApiProblem('internal_error', 200);
  return data;
}

/** For answers without a body. */
export async function done(answer: Promise<unknown>): Promise<void> {
  await answer;
}
