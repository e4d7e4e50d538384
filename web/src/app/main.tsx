import '../ui/theme.css';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { whenSignedOut } from '../api/signed-out.ts';
import { currentLocale, loadMessages } from '../messages/locale.ts';
import { followTheme } from '../ui/theme.ts';
import { followNewVersions } from './new-version.ts';
import { Providers } from './Providers.tsx';
import { createQueries } from './queries.ts';
import { createAppRouter } from './router.tsx';
import { sessionQuery } from './session.ts';

followNewVersions();
followTheme();

const locale = currentLocale();
document.documentElement.lang = locale;
const messages = await loadMessages(locale);

const queries = createQueries();
const router = createAppRouter(queries);
whenSignedOut(() => {
  queries.removeQueries(sessionQuery);
  void router.invalidate();
});

const place = document.getElementById('app');
if (!place) throw new Error('the page has no place for the app');
createRoot(place).render(
  <Providers locale={locale} messages={messages} queries={queries}>
    <RouterProvider router={router} />
  </Providers>,
);
