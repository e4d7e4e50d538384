import { QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { render } from 'vitest-browser-react';
import { Providers } from '../../src/app/Providers.tsx';
import { type Locale, loadMessages } from '../../src/messages/locale.ts';

interface Options {
  locale?: Locale;
  /** Puts in what the app has asked for already; none of it is asked for again. */
  known?(queries: QueryClient): void;
}

/** Shows something of the app among all it stands on. */
export async function show(what: ReactNode, { locale = 'en', known }: Options = {}) {
  const messages = await loadMessages(locale);
  const staleTime = known ? Number.POSITIVE_INFINITY : 0;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime } } });
  known?.(queries);
  const page = (content: ReactNode) => (
    <Providers locale={locale} messages={messages} queries={queries}>
      {content}
    </Providers>
  );
  const screen = await render(page(what));
  return { ...screen, queries, showInstead: (content: ReactNode) => screen.rerender(page(content)) };
}
