import { randomBytes } from 'node:crypto';
import type { Desk } from '../../compose.ts';
import type { Caller } from '../../helpdesk/caller.ts';
import { Complaint, EXIT } from '../exit.ts';
import { PEOPLE, type StoryFile, type StoryTicket, TICKETS, type Who } from './story.ts';

type Services = Desk['services'];
type Callers = Record<Who, Caller>;

export interface Demo {
  people: { name: string; email: string; role: string }[];
  /** Of everybody in it. */
  password: string;
  tickets: number;
  files: number;
}

/** Fills an empty desk by the same ways people go. Throws a complaint when there is a ticket already. */
export async function playDemo(services: Services): Promise<Demo> {
  if (await services.db.selectFrom('tickets').select('id').limit(1).executeTakeFirst()) {
    throw new Complaint(EXIT.refused, 'There are tickets already: a demonstration is for an empty desk.');
  }
  const password = randomBytes(12).toString('base64url');
  const callers = await enter(services, password);
  for (const ticket of TICKETS) await tell(services, callers, ticket);
  const files = TICKETS.flatMap((each) => [each, ...each.replies]).flatMap((each) => each.files ?? []);
  return { people: Object.values(PEOPLE), password, tickets: TICKETS.length, files: files.length };
}

async function enter({ accounts }: Services, password: string): Promise<Callers> {
  const enterAs = async (who: Who): Promise<Caller> => {
    const { id, name, role } = await accounts.people.create({ ...PEOPLE[who], password });
    return { id, name, role, address: null };
  };
  return {
    ines: await enterAs('ines'),
    tomasz: await enterAs('tomasz'),
    priya: await enterAs('priya'),
    maja: await enterAs('maja'),
    samuel: await enterAs('samuel'),
    yuki: await enterAs('yuki'),
    beatriz: await enterAs('beatriz'),
  };
}

async function tell(services: Services, callers: Callers, story: StoryTicket): Promise<void> {
  const { tickets, replies, access, attachments } = services;
  const requester = callers[story.by];
  const { id } = await tickets.create(requester, {
    subject: story.subject,
    description: story.description,
    ...(story.priority && { priority: story.priority }),
    participants: (story.inCopy ?? []).map((who) => callers[who].id),
  });
  for (const file of story.files ?? []) {
    const grant = await access.toAttach(requester, id);
    const stored = await send(services, grant, file);
    await attachments.admit(grant, stored, { description: file.description ?? null });
  }
  for (const { by, body, internal = false, files = [] } of story.replies) {
    const upload_ids: string[] = [];
    for (const file of files) {
      const grant = access.toStage(callers[by]);
      const stored = await send(services, grant, file);
      upload_ids.push((await attachments.stage(grant, stored, { description: null })).id);
    }
    await replies.create(callers[by], id, { body, internal, upload_ids });
  }
  const assignee = story.assignee && { assignee_id: callers[story.assignee].id };
  await tickets.change(callers.ines, id, { status: story.status, ...assignee });
}

async function send(
  { attachments }: Services,
  grant: Parameters<Services['attachments']['begin']>[0],
  { name, content }: StoryFile,
) {
  const upload = await attachments.begin(grant, { declaredSize: content.length });
  async function* bytes() {
    yield content;
  }
  return attachments.receive(upload, name, bytes());
}
