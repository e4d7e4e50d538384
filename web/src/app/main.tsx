import '../ui/theme.css';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { currentLocale, loadMessages } from '../messages/locale.ts';
import { forgetTextDrafts } from '../tickets/text-draft.ts';
import { followTheme } from '../ui/theme.ts';
import { followNewVersions } from './new-version.ts';
import { hearOtherTabs } from './other-tabs.ts';
import { Providers } from './Providers.tsx';
import { createQueries } from './queries.ts';
import { createAppRouter } from './router.tsx';
import { sessionQuery } from './session.ts';
import { goBySession } from './session-end.ts';

followNewVersions();
followTheme();

const locale = currentLocale();
document.documentElement.lang = locale;
const messages = await loadMessages(locale);

const queries = createQueries();
const router = createAppRouter(queries);
goBySession(queries, router);

const place = document.getElementById('app');
if (!place) throw new Error('the page has no place for the app');
const root = createRoot(place);
root.render(
  <Providers locale={locale} messages={messages} queries={queries}>
    <RouterProvider router={router} />
  </Providers>,
);

hearOtherTabs((person) => {
  const mine = queries.getQueryData(sessionQuery.queryKey)?.id;
  if (!mine || mine === person) return;
  // All that is on screen and in memory is of somebody who is not signed in here any more.
  root.unmount();
  if (person === null) forgetTextDrafts();
  window.location.reload();
});
