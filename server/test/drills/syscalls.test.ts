import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesOn } from '../../src/db/embedded/processes.ts';
import { note } from '../support/client.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { mayTrace, type SystemCall, traced } from './strace.ts';

// A kill proves nothing about power loss: what was written is in the kernel's hands and outlives the process. Here the
// kernel is asked what it was told to put onto the disk, and when, before the client heard 201.

const CALLS = [
  ...['fsync', 'fdatasync', '?rename', 'renameat', 'renameat2', '?mkdir', 'mkdirat'],
  ...['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'recvfrom'],
];
const text = 'It burns.\n'.repeat(10_000);
const sha256 = createHash('sha256').update(text).digest('hex');
const allowed = mayTrace();
if (!allowed)
  console.warn('NOT TESTED: the order of system calls. This needs strace, and the right to use it.');

describe.runIf(allowed || process.env.CI)('one upload, as the kernel sees it', () => {
  let desk: LiveDesk;
  let calls: SystemCall[];
  let key: string;

  beforeAll(async () => {
    desk = await openLiveDesk();
    const person = await desk.person();
    await person.attach(await person.openTicket()); // what is done but once is done
    const ticket = await person.openTicket();
    const postgres = await processesOn(join(desk.dataDir, 'postgres', 'data'));
    const pids = [desk.pid, ...postgres.map(({ pid }) => pid)];
    calls = await traced(pids, CALLS, join(desk.dataDir, 'trace'), async () => {
      await person.attach(ticket, note(text));
    });
    key = `storage/tickets/${ticket}`;
  }, 60_000);
  afterAll(() => desk?.close());

  /** The only call that is like this, or with `which` the first or last of them. */
  function find(name: RegExp, args: RegExp, which?: 'first' | 'last'): SystemCall {
    const found = calls.filter((call) => name.test(call.name) && args.test(call.args));
    if (!which) expect(found, `${name} of ${args}`).toHaveLength(1);
    const one = found.at(which === 'last' ? -1 : 0);
    if (!one) throw new Error(`there was no ${name} of ${args}`);
    return one;
  }
  const SYNC = /^f(data)?sync$/;
  const WRITE = /^(p?writev?|pwrite64|sendto)$/;
  const [spool, folder] = [/\/spool\/[0-9a-f-]{36}>/, () => new RegExp(`/${key}>`)];
  const rename = () => find(/^rename/, new RegExp(`/spool/.*/${key}/`));
  const answer = () => find(WRITE, /^\d+<TCP.*HTTP\/1\.1 201 Created/);
  const inTurn = (...turns: SystemCall[]) => {
    for (const [index, next] of turns.slice(1).entries()) {
      expect(turns[index]?.ended, `${turns[index]?.name} before ${next.name}`).toBeLessThan(next.began);
    }
  };

  /** The transaction that admitted the file, on both ends of its connection. */
  function commit() {
    // The statement is prepared already: what goes over the wire is what it inserts.
    const insert = find(WRITE, new RegExp(`^\\d+<UNIX.*${sha256}`), 'first');
    const [, ours, theirs] = /^\d+<UNIX(?:-STREAM)?:\[(\d+)->(\d+)/.exec(insert.args) ?? [];
    const isAfter = (one: SystemCall) => (call: SystemCall) => call.began > one.ended;
    const connection = (from?: string, to?: string) => (call: SystemCall) =>
      call.args.includes(`[${from}->${to}`);
    const first = (candidates: SystemCall[], what: string) => {
      if (!candidates[0]) throw new Error(`there was no ${what}`);
      return candidates[0];
    };
    const sent = first(
      calls
        .filter(isAfter(insert))
        .filter(connection(ours, theirs))
        .filter((call) => /commit/i.test(call.args)),
      'COMMIT',
    );
    const answered = first(
      calls
        .filter(connection(theirs, ours))
        .filter((call) => call.name === 'sendto' && call.began > sent.began && call.args.includes('COMMIT')),
      'answer to COMMIT',
    );
    return { sent, answered };
  }

  test('syncs the whole file before it gets its final name', () => {
    inTurn(find(WRITE, spool, 'last'), find(SYNC, spool, 'first'), rename());
    inTurn(find(SYNC, spool, 'last'), rename());
  });

  test('syncs the name, and that of its new folder, before it tells the database to commit', () => {
    const made = find(/^mkdir/, new RegExp(`/${key}"`));
    const parentSynced = calls.find(
      (call) => SYNC.test(call.name) && /\/storage\/tickets>/.test(call.args) && call.began > made.ended,
    );
    expect(parentSynced?.ended).toBeLessThan(commit().sent.began);
    inTurn(rename(), find(SYNC, folder()), commit().sent);
  });

  test('answers 201 when PostgreSQL has answered, and that when its log is on the disk', () => {
    const { sent, answered } = commit();
    const logged = calls.filter(
      (call) => SYNC.test(call.name) && /\/pg_wal\//.test(call.args) && call.began > sent.began,
    );
    expect(logged.map(({ ended }) => ended).filter((ended) => ended < answered.began)).not.toEqual([]);
    inTurn(answered, answer());
  });
});
