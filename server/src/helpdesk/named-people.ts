import type { Db } from '../db/open.ts';
import { Refusal } from '../refusals.ts';
import { isStaff } from './caller.ts';

/** Throws `user_not_found` for the first of `ids` that names nobody, or somebody whose account is disabled. */
export async function requirePeople(db: Db, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const people = await enabledPeople(db, ids);
  const missing = ids.find((id) => !people.some((person) => person.id === id));
  if (missing !== undefined) throw new Refusal('user_not_found', { actual: missing });
}

/** Throws `assignee_invalid` unless `id` is of an agent or admin whose account is enabled. */
export async function requireAssignee(db: Db, id: string): Promise<void> {
  const [person] = await enabledPeople(db, [id]);
  if (!person || !isStaff(person)) throw new Refusal('assignee_invalid', { actual: id });
}

function enabledPeople(db: Db, ids: string[]) {
  return db
    .selectFrom('users')
    .select(['id', 'role'])
    .where('id', 'in', ids)
    .where('disabled_at', 'is', null)
    .execute();
}
