import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createInspector, type Inspector } from '../../../src/attachments/inspect/inspector.ts';
import { USUAL_TYPES } from '../../../src/attachments/policy.ts';

const policy = { types: USUAL_TYPES };
const here = (file: string) => new URL(file, import.meta.url);

let folder = '';
let text = '';
let inspector: Inspector;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-inspector-'));
  text = join(folder, 'spooled');
  await writeFile(text, 'Good morning.\n');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => inspector.close());

describe('the inspector', () => {
  it('says what a file is, many at once', async () => {
    inspector = createInspector();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => inspector.inspect(text, 'a.txt', policy)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ accepted: true, mimeType: 'text/plain' });
  });

  it('rejects when there is no file or it is not a regular one: that is no verdict', async () => {
    inspector = createInspector();
    await expect(inspector.inspect(join(folder, 'none'), 'a.txt', policy)).rejects.toThrow('ENOENT');
    await expect(inspector.inspect(folder, 'a.txt', policy)).rejects.toThrow('regular file');
  });

  it('refuses the file whose check hangs, within its time, and goes on with the next ones', async () => {
    inspector = createInspector({ size: 1, worker: here('./unruly-worker.ts') });
    const began = performance.now();
    const [hung, next] = await Promise.all([
      inspector.inspect(text, 'hang.txt', policy),
      inspector.inspect(text, 'fine.txt', policy),
    ]);
    expect(hung).toMatchObject({
      accepted: false,
      code: 'inspection_failed',
      details: { file_name: 'hang.txt' },
    });
    expect(next.accepted).toBe(true);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('does not refuse a file because the machine has no time for its check', async () => {
    inspector = createInspector({ size: 1, worker: here('./unruly-worker.ts') });
    expect(await inspector.inspect(text, 'starved.txt', policy)).toMatchObject({ accepted: true });
  });

  it.each(['throw.txt', 'exit.txt'])('refuses the file whose check ends in %s', async (name) => {
    inspector = createInspector({ size: 1, worker: here('./unruly-worker.ts') });
    expect(await inspector.inspect(text, name, policy)).toMatchObject({ code: 'inspection_failed' });
    expect(await inspector.inspect(text, 'fine.txt', policy)).toMatchObject({ accepted: true });
  });

  it('does not count the wait for a worker against a file', async () => {
    inspector = createInspector({ size: 1, worker: here('./unruly-worker.ts') });
    const names = ['slow.txt', 'slow.txt', 'slow.txt', 'slow.txt'];
    const answers = await Promise.all(names.map((name) => inspector.inspect(text, name, policy)));
    expect(answers.every((answer) => answer.accepted)).toBe(true);
  });

  it('closes with work in hand: what waits is told so', async () => {
    inspector = createInspector({ size: 1, worker: here('./unruly-worker.ts') });
    const jobs = [inspector.inspect(text, 'hang.txt', policy), inspector.inspect(text, 'a.txt', policy)];
    const outcome = Promise.allSettled(jobs);
    await inspector.close();
    expect((await outcome).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(inspector.inspect(text, 'a.txt', policy)).rejects.toThrow('closed');
  });

  it('does not keep an idle process alive', async () => {
    inspector = createInspector({ size: 0 });
    const program = `
      import { createInspector } from ${JSON.stringify(here('../../../src/attachments/inspect/inspector.ts').href)};
      const inspector = createInspector();
      console.log((await inspector.inspect(${JSON.stringify(text)}, 'a.txt', { types: ['text/plain'] })).accepted);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 10_000,
    });
    expect((await run).stdout).toBe('true\n');
  });
});
