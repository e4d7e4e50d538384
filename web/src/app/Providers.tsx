import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import type { EverybodysMessages } from '../messages/catalogue.ts';
import { type Locale, regionalLocale } from '../messages/locale.ts';
import { LiveRegion } from '../ui/LiveRegion.tsx';
import { Toaster } from '../ui/Toaster.tsx';

interface ProvidersProps {
  locale: Locale;
  messages: EverybodysMessages;
  queries: QueryClient;
  children: ReactNode;
}

/** What every screen stands on: words, answers of the server, the live region, toasts. */
export function Providers({ locale, messages, queries, children }: ProvidersProps) {
  return (
    <CSPProvider disableStyleElements>
      <IntlProvider
        locale={regionalLocale(locale)}
        messages={messages}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        <QueryClientProvider client={queries}>
          <Tooltip.Provider delay={500}>
            <LiveRegion>
              <Toaster>{children}</Toaster>
            </LiveRegion>
          </Tooltip.Provider>
        </QueryClientProvider>
      </IntlProvider>
    </CSPProvider>
  );
}
