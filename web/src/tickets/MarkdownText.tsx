import { memo } from 'react';
import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown';

/** A file of the ticket shown in place: `![…](attachment:<id>)`. */
const ATTACHMENT = /^attachment:([0-9a-f-]{36})$/;

/** Nothing that a writer of a ticket can put into it leads to another site by itself: images are the ticket's own files. */
const COMPONENTS: Components = {
  img: ({ src, alt = '' }) => {
    const id = typeof src === 'string' ? ATTACHMENT.exec(src)?.[1] : undefined;
    if (!id) return <span className="text-soft">[{alt || src}]</span>;
    const address = `/api/v1/attachments/${id}/preview`;
    return (
      <a href={address} target="_blank" rel="noreferrer" className="block w-fit">
        <img
          src={address}
          alt={alt}
          loading="lazy"
          className="max-h-96 max-w-full rounded-md bg-sunken ring-1 ring-line"
        />
      </a>
    );
  },
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer nofollow" className="text-accent underline">
      {children}
    </a>
  ),
  // A message's headings stand beneath the page's.
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h4>{children}</h4>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0}>{children}</pre>
  ),
};

export default memo(function MarkdownText({ text }: { text: string }) {
  return (
    <div className="markdown text-prose break-words">
      <ReactMarkdown
        components={COMPONENTS}
        urlTransform={(url, key) => (key === 'src' && ATTACHMENT.test(url) ? url : defaultUrlTransform(url))}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});
