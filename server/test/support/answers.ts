import { expect } from 'vitest';

/** The body of an answer. The tests say what it is; what it is not, they find out. */
export async function json<Body>(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

/** Status and code of a refusal, which must be a problem document. */
export async function problem(response: Response): Promise<[number, string]> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  const { status, code } = await json<{ status: number; code: string }>(response);
  expect(status).toBe(response.status);
  return [status, code];
}
