import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';

const TRIES = 3;

/** What has been asked of the server. A refusal is final and not asked again; a lost line and a failing server are. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < TRIES - 1 && !isRefusal(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
}

function isRefusal(error: Error): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500;
}
