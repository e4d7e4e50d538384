import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Reply } from '../api/client.ts';
import { useMe } from '../app/session.ts';
import { useAnnounce } from '../ui/LiveRegion.tsx';

/** Where a reply is on the page. */
export const idOfReply = ({ id }: { id: string }) => `reply-${id}`;

/**
 * Says who has written while the conversation is on screen, and moves nothing. `away`: something new is where one does
 * not look; `goThere` leads to it.
 */
export function useNewReplies(pages: { data: Reply[] }[] | undefined) {
  const t = useTranslations('tickets');
  const me = useMe();
  const announce = useAnnounce();
  const known = useRef<{ ids: Set<string>; pages: number } | undefined>(undefined);
  const [unseen, setUnseen] = useState<string[]>([]);
  const [away, setAway] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: news come with the answer, not with a word of another language
  useEffect(() => {
    if (!pages) return;
    const replies = pages.flatMap(({ data }) => data);
    const before = known.current;
    known.current = { ids: new Set(replies.map(({ id }) => id)), pages: pages.length };
    // More pages are old replies that were asked for.
    if (!before || before.pages !== pages.length) return;
    const fresh = replies.filter(({ id, author }) => !before.ids.has(id) && author.id !== me.id);
    for (const { internal, author } of fresh)
      announce(internal ? t('detail.newNoteFrom', author) : t('detail.newReplyFrom', author));
    if (fresh.length > 0) setUnseen((those) => [...those, ...fresh.map(idOfReply)]);
  }, [pages]);

  useEffect(() => {
    setAway(false);
    const looking = new IntersectionObserver((looked) => {
      const seen = new Set(looked.filter((one) => one.isIntersecting).map(({ target }) => target.id));
      setAway(seen.size < looked.length);
      if (seen.size > 0) setUnseen((those) => those.filter((id) => !seen.has(id)));
    });
    for (const id of unseen) {
      const message = document.getElementById(id);
      if (message) looking.observe(message);
    }
    return () => looking.disconnect();
  }, [unseen]);

  function goThere(): void {
    const message = document.getElementById(unseen[0] ?? '');
    if (!message) return;
    message.scrollIntoView({ block: 'center' });
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }

  return { away: away && unseen.length > 0, goThere };
}
