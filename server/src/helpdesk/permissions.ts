import { isPicture, previewTypeOf, whyHeld } from '../attachments/index.ts';
import type { Role, ScanStatus, TicketPriority, TicketStatus } from '../db/schema.ts';
import type { RefusalCode } from '../refusals.ts';
import { isStaff } from './caller.ts';

/** Everything one may want to do with a ticket, a reply of it, or a file on either. */
export const ACTS = [
  /** See the ticket, or the reply, and the lists of what is on it. */
  'see',
  'reply',
  /** Write an internal reply. */
  'note',
  /** Change who is in copy, and mark the ticket solved. */
  'follow_up',
  /** Change status, priority and assignee. */
  'work',
  /** Put a file on the ticket, or on the reply. */
  'attach',
  /** See a file and its bytes. */
  'read',
  /** Change a file's description. */
  'edit',
  'delete',
  /** Take back that a file was deleted. */
  'restore',
  /** Give up a deleted or infected file at once and for good. */
  'purge',
  /** Keep the files of a ticket, or one file, from being purged, and lift that. */
  'hold',
  /** Give out a blocked file after all. */
  'release',
  /** Have a file looked at for viruses again. */
  'rescan',
] as const;
export type Act = (typeof ACTS)[number];

export interface Person {
  id: string;
  role: Role;
  disabled: boolean;
}
export interface TicketFacts {
  requesterId: string;
  status: TicketStatus;
  /** The person asking is in copy; of no meaning for the requester and the desk. */
  takesPart: boolean;
}
export interface ReplyFacts {
  authorId: string;
  internal: boolean;
}
export interface FileFacts {
  uploadedBy: string;
  internal: boolean;
  deleted: boolean;
}

/** What the act is done to: null is what was asked for and is not there, absent is what the act does not touch. */
export interface Target {
  ticket: TicketFacts | null;
  reply?: ReplyFacts | null;
  file?: FileFacts | null;
}

/** Why this person may not do this to that; undefined where they may. The one place that knows. */
export function whyNot(person: Person, act: Act, target: Target): RefusalCode | undefined {
  if (person.disabled) return 'account_disabled';
  return whyHidden(person, target) ?? whyForbidden(person, act, target);
}

/** Why this person may not open this ticket: only the desk opens one for somebody else, or gives it to anybody. */
export function whyNotOpen(
  person: Person,
  { requesterId, assigned }: { requesterId: string; assigned: boolean },
): RefusalCode | undefined {
  if (person.disabled) return 'account_disabled';
  if (isStaff(person)) return undefined;
  return requesterId === person.id && !assigned ? undefined : 'forbidden';
}

/** What becomes of a ticket; what is absent stays. */
export interface TicketChanges {
  status?: TicketStatus;
  priority?: TicketPriority;
  assignee_id?: string | null;
  /** Everybody in copy from now on. */
  participants?: string[];
}

/** A requester may say that it is solved, and who is in copy; the rest is the desk's. */
export function actOfChange({ status, priority, assignee_id }: TicketChanges): 'follow_up' | 'work' {
  const solves = status === undefined || status === 'solved';
  return solves && priority === undefined && assignee_id === undefined ? 'follow_up' : 'work';
}

/** What is internal does not exist for customers; a ticket that is there but not theirs, they hear of. */
function whyHidden(person: Person, { ticket, reply, file }: Target): RefusalCode | undefined {
  if (file === null || (file?.internal && !isStaff(person))) return 'attachment_not_found';
  if (ticket === null) return 'ticket_not_found';
  if (!isStaff(person) && !opened(person, ticket) && !ticket.takesPart) return 'forbidden';
  if (reply === null || (reply?.internal && !isStaff(person))) return 'reply_not_found';
  return undefined;
}

/** Among those who see it. */
function whyForbidden(person: Person, act: Act, { ticket, reply, file }: Target): RefusalCode | undefined {
  const closed = ticket?.status === 'closed' ? 'ticket_closed' : undefined;
  const answers = isStaff(person) || (ticket !== null && opened(person, ticket));
  switch (act) {
    case 'see':
    case 'read':
      return undefined;
    case 'reply':
      return closed;
    case 'note':
      return isStaff(person) ? closed : 'forbidden';
    case 'follow_up':
      if (isStaff(person)) return undefined;
      return answers ? closed : 'forbidden';
    case 'work':
    case 'release':
      return isStaff(person) ? undefined : 'forbidden';
    case 'purge':
    case 'hold':
    case 'rescan':
      return person.role === 'admin' ? undefined : 'forbidden';
    case 'attach':
      if (!answers || (reply && reply.authorId !== person.id)) return 'forbidden';
      return closed;
    case 'edit':
    case 'delete':
      return file && ownsOrRules(person, file.uploadedBy) ? undefined : 'forbidden';
    case 'restore':
      if (file && ownsOrRules(person, file.uploadedBy)) return undefined;
      return file?.deleted ? 'attachment_not_found' : 'forbidden';
  }
}

function opened(person: Pick<Person, 'id'>, ticket: TicketFacts): boolean {
  return ticket.requesterId === person.id;
}

/** Whether this person may change, delete and restore files that others have uploaded. */
export function changesFilesOfAnybody({ role }: Pick<Person, 'role'>): boolean {
  return role === 'admin';
}

/** Whether this person may see and change where and what files are kept. */
export function configuresStorage({ role }: Pick<Person, 'role'>): boolean {
  return role === 'admin';
}

function ownsOrRules(person: Pick<Person, 'id' | 'role'>, uploadedBy: string): boolean {
  return uploadedBy === person.id || changesFilesOfAnybody(person);
}

/** What a caller may do with a ticket now: an answer for screens, which acts ask again for. */
export interface TicketCapabilities {
  reply: boolean;
  note: boolean;
  attach: boolean;
  /** Mark it solved, and say who is in copy. */
  follow_up: boolean;
  /** Change status, priority and assignee. */
  edit: boolean;
  /** Put it under legal hold, and lift that. */
  hold: boolean;
}

/** The capabilities of somebody who sees the ticket. Asks no database, so a list may ask for every row. */
export function canOnTicket(person: Pick<Person, 'id' | 'role'>, ticket: TicketFacts): TicketCapabilities {
  const may = (act: Act) => whyNot({ ...person, disabled: false }, act, { ticket }) === undefined;
  return {
    reply: may('reply'),
    note: may('note'),
    attach: may('attach'),
    follow_up: may('follow_up'),
    edit: may('work'),
    hold: may('hold'),
  };
}

/** What a caller may do with a file now: an answer for screens, which acts ask again for. */
export interface Capabilities {
  download: boolean;
  preview: boolean;
  thumbnail: boolean;
  edit: boolean;
  delete: boolean;
  restore: boolean;
  release: boolean;
  rescan: boolean;
  hold: boolean;
}

/** What decides it, as a record of attachments names it. */
export interface FileState {
  uploaded_by: string;
  mime_type: string;
  virus_scan_status: ScanStatus;
  deleted_at: Date | string | null;
  released_at: Date | string | null;
}

/** The capabilities of somebody who sees the file. Asks no database, so a list may ask for every row. */
export function can(person: Pick<Person, 'id' | 'role'>, file: FileState): Capabilities {
  const live = file.deleted_at === null;
  const changes = ownsOrRules(person, file.uploaded_by);
  const download = live && whyHeld(person.id, file) === undefined;
  return {
    download,
    preview: download && previewTypeOf(file.mime_type) !== undefined,
    thumbnail: download && isPicture(file.mime_type),
    edit: live && changes,
    delete: live && changes,
    restore: !live && changes,
    release: live && file.released_at === null && releasable(person).includes(file.virus_scan_status),
    rescan: live && person.role === 'admin',
    hold: person.role === 'admin',
  };
}

/** The verdicts in spite of which this person may give a file out. */
export function releasable(person: Pick<Person, 'role'>): ScanStatus[] {
  if (person.role === 'admin') return ['unscannable', 'quarantined'];
  return isStaff(person) ? ['unscannable'] : [];
}
