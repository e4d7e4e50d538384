import { STATUS } from '../server/src/http/errors.ts';
import { SENTENCES } from '../server/src/refusals.ts';

/** The table of refusals in docs/api.md, from the source. */
export function refusalTable(): string {
  const rows = Object.entries(STATUS).map(
    ([code, status]) => `| \`${code}\` | ${status} | ${sentenceOf(code)} |`,
  );
  return ['| code | status | what it says |', '|---|---|---|', ...rows].join('\n');
}

function sentenceOf(code: string): string {
  const found = Object.entries(SENTENCES).find(([key]) => key === code);
  return (found?.[1] ?? '').replace(/\{(\w+)\}/g, '*$1*');
}
