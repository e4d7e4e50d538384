import type { ReactNode } from 'react';
import { IntlProvider, useLocale, useMessages, useTimeZone } from 'use-intl';
import { currentLocale, loadAdminMessages } from '../messages/locale.ts';

const admin = await loadAdminMessages(currentLocale());

/** Everybody's words, and those of the admin's screens with the refusals that are met there alone. */
export function AdminWords({ children }: { children: ReactNode }) {
  const everybodys = useMessages();
  const timeZone = useTimeZone();
  const refusals = { ...everybodys.refusals, ...admin.refusals };
  return (
    <IntlProvider
      locale={useLocale()}
      messages={{ ...everybodys, admin, refusals }}
      {...(timeZone && { timeZone })}
    >
      {children}
    </IntlProvider>
  );
}
