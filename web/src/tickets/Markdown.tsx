import { lazy, Suspense } from 'react';

const MarkdownText = lazy(() => import('./MarkdownText.tsx'));

/** What people write: Markdown without HTML, its line breaks kept. Until its reader has been loaded, the text as it is. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className="text-prose break-words whitespace-pre-line">{text}</p>}>
      <MarkdownText text={text} />
    </Suspense>
  );
}
