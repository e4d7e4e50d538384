import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { createContext, memo, useContext } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';

/** A file of the ticket shown in place: `![…](attachment:<id>)`. */
const ATTACHMENT = /^attachment:([0-9a-f-]{36})$/;

/** Where a link may lead: into the web, to a mailbox, or on Docket itself. */
const LEADS_WELL = /^(?:https?:|mailto:|[^:]*(?:[/?#]|$))/i;

/** An address that stands in the text as it is becomes a link (GFM, section 6.9). */
const PLUGINS: Options['remarkPlugins'] = [
  function autolinks() {
    Object.assign(this.data(), {
      micromarkExtensions: [gfmAutolinkLiteral()],
      fromMarkdownExtensions: [gfmAutolinkLiteralFromMarkdown()],
    });
  },
];

/** The ids of files that cannot be looked at, or not yet. */
const Hidden = createContext('');

/** Asked for as soon as it may be shown, and not before: the browser would not ask again. */
function Picture({ id, alt }: { id: string; alt: string }) {
  const isHidden = useContext(Hidden).includes(id);
  if (isHidden) return <span className="text-soft">[{alt || '…'}]</span>;
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
}

/** Nothing that a writer of a ticket can put into it leads to another site by itself: images are the ticket's own files. */
const COMPONENTS: Components = {
  img: ({ src, alt = '' }) => {
    const id = typeof src === 'string' ? ATTACHMENT.exec(src)?.[1] : undefined;
    return id ? <Picture id={id} alt={alt} /> : <span className="text-soft">[{alt || src}]</span>;
  },
  a: ({ href, children }) =>
    href ? (
      <a
        href={href}
        // A mailbox opens in a program of its own, and would leave an empty page behind.
        target={href.startsWith('mailto:') ? undefined : '_blank'}
        rel="noopener noreferrer nofollow"
        className="text-accent underline"
      >
        {children}
      </a>
    ) : (
      children
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

export interface MarkdownProps {
  text: string;
  /** The ids of files that cannot be looked at now, in one string. */
  hidden?: string;
}

export default memo(function MarkdownText({ text, hidden = '' }: MarkdownProps) {
  return (
    <Hidden value={hidden}>
      <div className="markdown text-prose break-words">
        <ReactMarkdown
          components={COMPONENTS}
          remarkPlugins={PLUGINS}
          urlTransform={(url, key) => ((key === 'src' ? ATTACHMENT : LEADS_WELL).test(url) ? url : '')}
        >
          {text}
        </ReactMarkdown>
      </div>
    </Hidden>
  );
});
