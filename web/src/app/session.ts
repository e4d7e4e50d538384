import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, type Me, type Role, take } from '../api/client.ts';

/** Who is signed in; asking keeps the session from running out. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Me> => (await take(api.GET('/api/v1/auth/get-session'))).user,
  staleTime: 3_600_000,
});

/** The person at this browser, on screens behind the sign-in. */
export function useMe(): Me {
  return useSuspenseQuery(sessionQuery).data;
}

/** Do they answer tickets? */
export function isStaff({ role }: { role: Role }): boolean {
  return role !== 'customer';
}
