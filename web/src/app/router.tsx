import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiProblem } from '../api/problem.ts';
import { listQueryOf, parseListSearch } from '../tickets/list-search.ts';
import { preloadMarkdown } from '../tickets/Markdown.tsx';
import { preloadFiles } from '../tickets/preload-files.ts';
import { repliesQuery, ticketQuery, ticketsQuery } from '../tickets/queries.ts';
import { ErrorScreen } from './ErrorScreen.tsx';
import { NotFound } from './NotFound.tsx';
import { Shell } from './Shell.tsx';
import { parseSearch, stringifySearch, textOf } from './search-params.ts';
import { isStaff, sessionQuery } from './session.ts';
import { VisitorFrame } from './VisitorFrame.tsx';

type Search = Record<string, unknown>;

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet });

// For whoever is not signed in.
const visitor = createRoute({ getParentRoute: () => root, id: 'visitor', component: VisitorFrame });
const returning = (search: Search): { return?: string | undefined } => ({ return: textOf(search, 'return') });
const linked = (search: Search): { token?: string | undefined } => ({ token: textOf(search, 'token') });
const signIn = createRoute({
  getParentRoute: () => visitor,
  path: '/sign-in',
  validateSearch: returning,
  component: lazyRouteComponent(() => import('../account/SignIn.tsx'), 'SignIn'),
});
const signUp = createRoute({
  getParentRoute: () => visitor,
  path: '/sign-up',
  validateSearch: returning,
  component: lazyRouteComponent(() => import('../account/SignUp.tsx'), 'SignUp'),
});
const setUp = createRoute({
  getParentRoute: () => visitor,
  path: '/setup',
  validateSearch: linked,
  component: lazyRouteComponent(() => import('../account/SetUp.tsx'), 'SetUp'),
});
const resetPassword = createRoute({
  getParentRoute: () => visitor,
  path: '/reset-password',
  validateSearch: linked,
  component: lazyRouteComponent(() => import('../account/ResetPassword.tsx'), 'ResetPassword'),
});

// For whoever is: everybody else is sent to sign in, and comes back.
const desk = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  component: Shell,
  beforeLoad: async ({ context: { queries }, location }) => {
    try {
      return { me: await queries.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      const asked = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: { return: asked }, replace: true });
    }
  },
});
const home = createRoute({
  getParentRoute: () => desk,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/tickets', replace: true });
  },
});
const tickets = createRoute({
  getParentRoute: () => desk,
  path: '/tickets',
  validateSearch: parseListSearch,
  loaderDeps: ({ search }) => search,
  // Asked while the screen itself is still on its way.
  loader: ({ context: { queries, me }, deps }) =>
    void queries.prefetchQuery(ticketsQuery(listQueryOf(me, deps))),
  component: lazyRouteComponent(() => import('../tickets/TicketList.tsx'), 'TicketList'),
});
const blocked = createRoute({
  getParentRoute: () => desk,
  path: '/blocked',
  validateSearch: (search: Search): { page?: string | undefined } => ({ page: textOf(search, 'page') }),
  beforeLoad: ({ context: { me } }) => {
    if (!isStaff(me)) throw redirect({ to: '/tickets', replace: true });
  },
  component: lazyRouteComponent(() => import('../tickets/BlockedFiles.tsx'), 'BlockedFiles'),
});
const newTicket = createRoute({
  getParentRoute: () => desk,
  path: '/tickets/new',
  component: lazyRouteComponent(() => import('../tickets/TicketForm.tsx'), 'TicketForm'),
});
const ticket = createRoute({
  getParentRoute: () => desk,
  path: '/tickets/$ticketId',
  loader: ({ context: { queries }, params: { ticketId } }) => {
    void queries.prefetchQuery(ticketQuery(ticketId));
    void queries.prefetchInfiniteQuery(repliesQuery(ticketId));
    preloadFiles(queries, ticketId);
    preloadMarkdown();
  },
  component: lazyRouteComponent(() => import('../tickets/TicketDetail.tsx'), 'TicketDetail'),
});
const account = createRoute({
  getParentRoute: () => desk,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/Account.tsx'), 'Account'),
});
const people = createRoute({
  getParentRoute: () => desk,
  path: '/admin/people',
  validateSearch: (search: Search): { q?: string | undefined; page?: string | undefined } => ({
    q: textOf(search, 'q'),
    page: textOf(search, 'page'),
  }),
  beforeLoad: ({ context: { me } }) => {
    if (me.role !== 'admin') throw redirect({ to: '/tickets', replace: true });
  },
  component: lazyRouteComponent(() => import('../admin/People.tsx'), 'People'),
});
const storage = createRoute({
  getParentRoute: () => desk,
  path: '/admin/storage',
  beforeLoad: ({ context: { me } }) => {
    if (me.role !== 'admin') throw redirect({ to: '/tickets', replace: true });
  },
  component: lazyRouteComponent(() => import('../admin/Storage.tsx'), 'Storage'),
});

const routeTree = root.addChildren([
  visitor.addChildren([signIn, signUp, setUp, resetPassword]),
  desk.addChildren([home, tickets, blocked, newTicket, ticket, account, people, storage]),
]);

/** Every address of the app. */
export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    scrollRestoration: true,
    defaultErrorComponent: ErrorScreen,
    defaultNotFoundComponent: NotFound,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
