import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';

/** Asks for the next page when the end of the list comes near, or when somebody presses it. */
export function More({ loading, onMore }: { loading: boolean; onMore(): void }) {
  const t = useTranslations('files');
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;

  useEffect(() => {
    if (loading || !button.current) return;
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
      },
      { rootMargin: '800px' },
    );
    near.observe(button.current);
    return () => near.disconnect();
  }, [loading]);

  return (
    <Button ref={button} aria-disabled={loading} onClick={() => loading || onMore()}>
      {t('more')}
    </Button>
  );
}
