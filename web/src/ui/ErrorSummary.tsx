import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';

export interface FieldError {
  /** The id of the control it is about. */
  field?: string;
  message: ReactNode;
}

/** What is wrong with a form, at its top. It takes focus whenever `errors` is a new list, and leads to each field. */
export function ErrorSummary({ title, errors }: { title: string; errors: readonly FieldError[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="alert"
      className="flex gap-3 rounded-md border border-urgent/40 bg-urgent-tint p-3 text-urgent"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        <ul className="mt-0.5 space-y-0.5">
          {errors.map(({ field, message }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list that is only ever replaced as a whole
            <li key={index}>
              {field ? (
                <a href={`#${field}`} className="underline" onClick={focusField}>
                  {message}
                </a>
              ) : (
                message
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Without a change of the address, which is the router's. */
function focusField(event: React.MouseEvent<HTMLAnchorElement>) {
  event.preventDefault();
  document.getElementById(event.currentTarget.hash.slice(1))?.focus();
}
