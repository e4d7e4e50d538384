import { type ReactNode, useId } from 'react';

interface CardProps {
  title: string;
  intro?: ReactNode;
  children: ReactNode;
}

/** A part of a page, with a heading of its own. */
export function Card({ title, intro, children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg bg-surface p-4 ring-1 ring-line sm:p-6">
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {intro && <p className="mt-1 text-soft">{intro}</p>}
      <div className="mt-4">{children}</div>
    </section>
  );
}
