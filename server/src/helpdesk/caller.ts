import type { Actor } from '../attachments/index.ts';
import type { Role } from '../db/schema.ts';

/** Who asks: a person signed in by session or token, not disabled. */
export interface Caller extends Actor {
  name: string;
  role: Role;
}

/** Agents and admins work at the desk: they see every ticket and what is internal. */
export function isStaff(caller: Pick<Caller, 'role'>): boolean {
  return caller.role !== 'customer';
}

/** Admins say who has an account and what they may be. */
export function isAdmin(caller: Pick<Caller, 'role'>): boolean {
  return caller.role === 'admin';
}
