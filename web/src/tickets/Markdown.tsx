import { type ComponentType, lazy, Suspense } from 'react';
import type { MarkdownProps } from './MarkdownText.tsx';

let Ready: ComponentType<MarkdownProps> | undefined;
const load = async () => {
  const module = await import('./MarkdownText.tsx');
  Ready = module.default;
  return module;
};
const Later = lazy(load);

/** Called as soon as it is known that a ticket will be shown. */
export function preloadMarkdown(): void {
  load().catch(() => {}); // whoever needs it asks again, and tells
}

/** What people write: Markdown without HTML, its line breaks kept. Until its reader is there, the text as it is. */
export function Markdown(props: MarkdownProps) {
  if (Ready) return <Ready {...props} />;
  return (
    <Suspense fallback={<p className="text-prose break-words whitespace-pre-line">{props.text}</p>}>
      <Later {...props} />
    </Suspense>
  );
}
