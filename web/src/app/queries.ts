import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';
import { sessionQuery } from './session.ts';

/**
 * What has been asked of the server. A refusal is final and not asked again; a lost line is tried twice more.
 * `onSignedOut` is called whenever an answer says that nobody is signed in.
 */
export function createQueries(onSignedOut: () => void): QueryClient {
  const notice = (error: unknown) => {
    if (error instanceof ApiProblem && error.code === 'not_signed_in') onSignedOut();
  };
  const [askingWho] = sessionQuery.queryKey;
  return new QueryClient({
    // Whoever asks who is signed in deals with the answer.
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => queryKey[0] !== askingWho && notice(error),
    }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, error) =>
          count < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
        retryDelay: (count) => 500 * 2 ** count,
      },
    },
  });
}
