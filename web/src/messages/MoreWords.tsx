import type { ReactNode } from 'react';
import { IntlProvider, useLocale, useMessages, useTimeZone } from 'use-intl';
import type { Messages } from './catalogue.ts';

/** Words that only these children need, beside everybody's. */
export function MoreWords({ words, children }: { words: Partial<Messages>; children: ReactNode }) {
  const everybodys = useMessages();
  const timeZone = useTimeZone();
  return (
    <IntlProvider locale={useLocale()} messages={{ ...everybodys, ...words }} {...(timeZone && { timeZone })}>
      {children}
    </IntlProvider>
  );
}
