import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Schema } from '../../src/db/schema.ts';
import type { Caller } from '../../src/helpdesk/caller.ts';
import { addFile, addPerson, disable, refusalOf, useDesk } from './desk.ts';

interface Held {
  stillHolds(trx: Transaction<Schema>): Promise<void>;
}

const desk = useDesk();
const NOWHERE = '00000000-0000-7000-8000-000000000000';

/** Asks the grant again in a transaction of its own, as the domain does. */
const again = (grant: Held) => desk.db.transaction().execute((trx) => grant.stillHolds(trx));

async function noteOn(ticketId: string): Promise<string> {
  return (await desk.replies.create(desk.agent, ticketId, { body: 'between us', internal: true })).id;
}

describe('grants', () => {
  test('say for whom and for what', async () => {
    const { id: ticketId } = await desk.open();
    const note = await noteOn(ticketId);
    const by = { id: desk.agent.id, address: '192.0.2.1' };
    expect(await desk.access.toAttach(desk.agent, ticketId)).toMatchObject({
      ...{ ticketId, replyId: null, internal: false, by },
    });
    expect(await desk.access.toAttach(desk.agent, ticketId, note)).toMatchObject({
      ...{ ticketId, replyId: note, internal: true, by },
    });
    expect(await desk.access.toList(desk.agent, ticketId)).toMatchObject({ seesInternal: true });
    expect(await desk.access.toList(desk.requester, ticketId)).toMatchObject({ seesInternal: false });
    expect(desk.access.toStage(desk.agent).by).toEqual(by);
  });

  test('are not given on what is not there', async () => {
    const { id } = await desk.open();
    expect(await refusalOf(desk.access.toAttach(desk.admin, NOWHERE))).toBe('ticket_not_found');
    expect(await refusalOf(desk.access.toList(desk.admin, 'not an id'))).toBe('ticket_not_found');
    expect(await refusalOf(desk.access.toAttach(desk.admin, id, NOWHERE))).toBe('reply_not_found');
    expect(await refusalOf(desk.access.toRead(desk.admin, NOWHERE))).toBe('attachment_not_found');
    expect(await refusalOf(desk.access.toDelete(desk.admin, 'not an id'))).toBe('attachment_not_found');
  });

  test('are not given on a reply of another ticket', async () => {
    const [one, other] = [await desk.open(), await desk.open()];
    const reply = await desk.replies.create(desk.requester, one.id, { body: 'here' });
    expect(await refusalOf(desk.access.toAttach(desk.requester, other.id, reply.id))).toBe('reply_not_found');
  });

  test('on a file follow its ticket, and what is internal is not there for customers', async () => {
    const { id: ticketId } = await desk.open();
    const file = await addFile(desk.db, { ticketId, uploadedBy: desk.requester.id });
    const hidden = await addFile(desk.db, {
      ticketId,
      replyId: await noteOn(ticketId),
      internal: true,
      uploadedBy: desk.agent.id,
    });
    for (const sees of [desk.requester, desk.participant, desk.agent, desk.admin]) {
      expect((await desk.access.toRead(sees, file)).attachmentId).toBe(file);
    }
    expect(await refusalOf(desk.access.toRead(desk.stranger, file))).toBe('forbidden');
    for (const customer of [desk.requester, desk.participant, desk.stranger]) {
      expect(await refusalOf(desk.access.toRead(customer, hidden))).toBe('attachment_not_found');
    }
    expect(await refusalOf(desk.access.toDelete(desk.agent, file))).toBe('forbidden');
    expect(await refusalOf(desk.access.toEdit(desk.admin, file))).toBeUndefined();
  });
});

describe('a grant asked again inside the transaction', () => {
  test('is gone when the account was disabled meanwhile', async () => {
    const leaver = await addPerson(desk.db, 'agent', 'Leo Leaver');
    const { id: ticketId } = await desk.open();
    const file = await addFile(desk.db, { ticketId, uploadedBy: leaver.id });
    const grants = [
      await desk.access.toAttach(leaver, ticketId),
      await desk.access.toList(leaver, ticketId),
      await desk.access.toRead(leaver, file),
      await desk.access.toDelete(leaver, file),
      desk.access.toStage(leaver),
    ];
    for (const grant of grants) expect(await refusalOf(again(grant))).toBeUndefined();
    await disable(desk.db, leaver);
    for (const grant of grants) expect(await refusalOf(again(grant))).toBe('account_disabled');
  });

  test('is gone when the role is', async () => {
    const mover = await addPerson(desk.db, 'agent', 'Mona Mover');
    const { id } = await desk.open();
    const grant = await desk.access.toAttach(mover, id);
    await desk.db.updateTable('users').set({ role: 'customer' }).where('id', '=', mover.id).execute();
    expect(await refusalOf(again(grant))).toBe('forbidden');
  });

  test('is gone when the ticket was closed, to attach but not to delete', async () => {
    const { id: ticketId } = await desk.open();
    const file = await addFile(desk.db, { ticketId, uploadedBy: desk.requester.id });
    const attach = await desk.access.toAttach(desk.requester, ticketId);
    const remove = await desk.access.toDelete(desk.requester, file);
    await desk.tickets.change(desk.agent, ticketId, { status: 'closed' });
    expect(await refusalOf(again(attach))).toBe('ticket_closed');
    expect(await refusalOf(again(remove))).toBeUndefined();
  });

  test('is gone when the uploader no longer sees the ticket', async () => {
    const mover = await addPerson(desk.db, 'agent', 'Nora Mover');
    const { id: ticketId } = await desk.open({ participants: [mover.id] });
    const file = await addFile(desk.db, { ticketId, uploadedBy: mover.id });
    await desk.db.updateTable('users').set({ role: 'customer' }).where('id', '=', mover.id).execute();
    const customer: Caller = { ...mover, role: 'customer' };
    const grant = await desk.access.toDelete(customer, file);
    await desk.tickets.change(desk.agent, ticketId, { participants: [] });
    expect(await refusalOf(again(grant))).toBe('forbidden');
    expect(await refusalOf(desk.access.toDelete(customer, file))).toBe('forbidden');
  });

  test('moves the time of the ticket for a public file, and leaves no trace of an internal one', async () => {
    const { id } = await desk.open();
    const note = await noteOn(id);
    const { updated_at: before } = await desk.tickets.get(desk.agent, id);
    await sleep(5);
    await again(await desk.access.toAttach(desk.agent, id, note));
    expect((await desk.tickets.get(desk.agent, id)).updated_at).toBe(before);
    await again(await desk.access.toAttach(desk.agent, id));
    expect((await desk.tickets.get(desk.agent, id)).updated_at > before).toBe(true);
  });
});

describe('while a grant is held in a transaction', () => {
  /** Resolves to what had happened, in order, when both were done. */
  async function order(held: Held, other: () => Promise<unknown>): Promise<string[]> {
    const happened: string[] = [];
    let waiting: Promise<unknown> = Promise.resolve();
    await desk.db.transaction().execute(async (trx) => {
      await held.stillHolds(trx);
      waiting = other().then(() => happened.push('other'));
      await sleep(100);
      happened.push('held');
    });
    await waiting;
    return happened;
  }

  test('closing the ticket waits', async () => {
    const { id } = await desk.open();
    const grant = await desk.access.toAttach(desk.requester, id);
    const close = () => desk.tickets.change(desk.agent, id, { status: 'closed' });
    expect(await order(grant, close)).toEqual(['held', 'other']);
  });

  test('taking the uploader out of the ticket waits for their delete', async () => {
    const { id: ticketId } = await desk.open();
    const file = await addFile(desk.db, { ticketId, uploadedBy: desk.participant.id });
    const grant = await desk.access.toDelete(desk.participant, file);
    const takeOut = () => desk.tickets.change(desk.agent, ticketId, { participants: [] });
    expect(await order(grant, takeOut)).toEqual(['held', 'other']);
  });

  test('disabling the person waits', async () => {
    const leaver = await addPerson(desk.db, 'customer', 'Lena Leaver');
    expect(await order(desk.access.toStage(leaver), () => disable(desk.db, leaver))).toEqual([
      'held',
      'other',
    ]);
  });

  test('another person deletes a file of the same ticket without waiting', async () => {
    const { id: ticketId } = await desk.open();
    const mine = await addFile(desk.db, { ticketId, uploadedBy: desk.requester.id });
    const grant = await desk.access.toDelete(desk.requester, mine);
    const other = await desk.access.toDelete(desk.admin, mine);
    expect(await order(grant, () => again(other))).toEqual(['other', 'held']);
  });
});
