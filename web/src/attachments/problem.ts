/** Why the server, or this page before it, said no: the code that words it, and what it names. */
export interface Problem {
  /** As in the API's table of refusals; `line_lost` is this side's own. */
  code: string;
  /** 0 where no answer came, or where the refusal is this page's. */
  status: number;
  limit?: number | string;
  actual?: number | string;
  file_name?: string;
  /** Seconds after which another try makes sense. */
  retry_after?: number;
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

export const LINE_LOST: Problem = { code: 'line_lost', status: 0 };

/** What was thrown, as a problem; whatever is not one is a fault of ours. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof ProblemError ? thrown.problem : { code: 'internal_error', status: 500 };
}

/** Reads a problem document (RFC 9457); whatever else was answered gets a code by its status. */
export function parseProblem(status: number, body: unknown, retryAfter: string | null): Problem {
  const document = typeof body === 'object' && body !== null ? body : {};
  const { code, limit, actual, file_name } = document as Record<string, unknown>;
  const seconds = Number(retryAfter);
  return {
    code: typeof code === 'string' ? code : codeOf(status),
    status,
    ...(isScalar(limit) && { limit }),
    ...(isScalar(actual) && { actual }),
    ...(typeof file_name === 'string' && { file_name }),
    ...(retryAfter && Number.isFinite(seconds) && { retry_after: seconds }),
  };
}

function isScalar(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** A proxy in between answers without a code of ours. */
function codeOf(status: number): string {
  if (status === 413) return 'request_too_large';
  if (status === 502 || status === 503 || status === 504) return 'line_lost';
  return 'internal_error';
}
