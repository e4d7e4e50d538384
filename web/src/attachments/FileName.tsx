import { splitName } from './file-name.ts';

/**
 * A name on one line, shortened in its middle where it does not fit. Read out and copied whole; never turned around by
 * letters that are read from right to left.
 */
export function FileName({ name }: { name: string }) {
  const { head, tail } = splitName(name);
  return (
    <span dir="ltr" title={name} className="flex min-w-0 max-w-full [unicode-bidi:isolate]">
      <span className="sr-only">{name}</span>
      <span aria-hidden dir="auto" className="min-w-0 truncate whitespace-pre select-none">
        {head}
      </span>
      <span aria-hidden dir="ltr" className="shrink-0 whitespace-pre select-none">
        {tail}
      </span>
    </span>
  );
}
