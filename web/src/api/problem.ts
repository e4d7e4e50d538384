/** A refusal of the API as a value; what people read of it is worded by its code, in messages/refusals. */
export class ApiProblem extends Error {
  /** Stable; `network_failed` where no answer came at all. */
  readonly code: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly limit: number | string | undefined;
  readonly actual: number | string | undefined;
  readonly fileName: string | undefined;
  /** Seconds until it may be tried again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(code: string, status: number, more: ProblemFacts = {}) {
    super(more.detail ?? code);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
    this.limit = more.limit;
    this.actual = more.actual;
    this.fileName = more.fileName;
    this.retryAfter = more.retryAfter;
  }
}

interface ProblemFacts {
  detail?: string | undefined;
  limit?: number | string | undefined;
  actual?: number | string | undefined;
  fileName?: string | undefined;
  retryAfter?: number | undefined;
}

/** No answer came: the line, or the server, is down. */
export const networkFailed = () => new ApiProblem('network_failed', 0);

/** What an answer that is not 2xx says (RFC 9457); one without a code, from a proxy perhaps, is `internal_error`. */
export function problemOf(status: number, body: unknown, retryAfter: string | null): ApiProblem {
  const said = typeof body === 'object' && body !== null ? body : {};
  const read = (name: string): unknown => Reflect.get(said, name);
  const code = text(read('code')) ?? (status === 0 ? 'network_failed' : 'internal_error');
  return new ApiProblem(code, status, {
    detail: text(read('detail')),
    limit: text(read('limit')) ?? number(read('limit')),
    actual: text(read('actual')) ?? number(read('actual')),
    fileName: text(read('file_name')),
    retryAfter: retryAfter === null ? undefined : number(Number(retryAfter)),
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
