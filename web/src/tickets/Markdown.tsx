import { type ComponentType, lazy, Suspense } from 'react';

let Ready: ComponentType<{ text: string }> | undefined;
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
export function Markdown({ text }: { text: string }) {
  if (Ready) return <Ready text={text} />;
  return (
    <Suspense fallback={<p className="text-prose break-words whitespace-pre-line">{text}</p>}>
      <Later text={text} />
    </Suspense>
  );
}
