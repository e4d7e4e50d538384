import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';
import { whenSignedOut } from '../api/signed-out.ts';
import { sessionQuery } from './session.ts';

/** Leads to the sign-in as soon as an answer says that nobody is signed in. */
export function goBySession(queries: QueryClient, router: AnyRouter): void {
  whenSignedOut(() => {
    queries.removeQueries(sessionQuery);
    void router.invalidate();
  });
}
