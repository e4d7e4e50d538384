import { expect } from 'vitest';
import type { RefusalCode } from '../../src/refusals.ts';
import type { Answer } from './browser.ts';

/** What no stranger should read: a path, a stack, a query. */
const INSIDES =
  /\/(tmp|work|home|root|var|spool|storage)\/|node_modules|\.[jt]s:\d|at \S+ \(|select |insert |violates|staged\//i;

/** Sees that an answer is this refusal, as RFC 9457 has it, and tells nothing of our insides. */
export function expectProblem(
  answer: Answer | undefined,
  status: number,
  code: RefusalCode,
  details: { limit?: unknown; actual?: unknown; file_name?: unknown } = {},
): void {
  expect(answer?.json).toEqual({
    type: `urn:docket:problem:${code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S.*\.$/),
    code,
    ...details,
  });
  expect(answer?.status).toBe(status);
  expect(answer?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer?.headers.get('cache-control')).toBe('no-store');
  expect(JSON.stringify(answer?.json)).not.toMatch(INSIDES);
}
