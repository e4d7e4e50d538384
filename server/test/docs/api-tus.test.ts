import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { textOf } from '../support/samples.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');

let desk: TestDesk;
let folder: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFileSize: 30_000_000 } });
  folder = await mkdtemp(join(tmpdir(), 'docket-docs-'));
});
afterAll(async () => {
  await desk?.close();
  await rm(folder, { recursive: true });
});

function example(language: string): string {
  const blocks = [...DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    ([, code = '']) => code,
  );
  return (
    blocks.find((code) => code.includes('uploads/tus'))?.replaceAll('http://localhost:3000', desk.url) ?? ''
  );
}

async function prepared() {
  const person = await desk.person('customer');
  const ticket = await person.openTicket();
  const file = join(folder, 'printer log.txt');
  const text = textOf(20_000_000);
  await writeFile(file, text);
  const received = async (id: unknown) => {
    const bytes = await (await person.get(`/attachments/${id}/download`)).arrayBuffer();
    return createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
  };
  return { person, ticket, file, received, sha256: createHash('sha256').update(text).digest('hex') };
}

test('the example in curl puts a file on a ticket, piece by piece', async () => {
  const { person, ticket, file, received, sha256 } = await prepared();
  const { stdout } = await promisify(execFile)('sh', ['-ec', example('sh')], {
    env: { ...process.env, FILE: file, TICKET: ticket, TOKEN: person.token },
  });
  const record = JSON.parse(stdout);
  expect(record).toMatchObject({ state: 'attached', file_name: 'printer log.txt' });
  expect(await received(record.attachment_id)).toBe(sha256);
});

test('the example with tus-js-client does so too', async () => {
  const { person, ticket, received, sha256 } = await prepared();
  const script = `
    const token = ${JSON.stringify(person.token)}, ticket = ${JSON.stringify(ticket)};
    const file = Buffer.from('${'The printer is on fire.\\n'}'.repeat(833334).slice(0, 20000000)); file.name = 'log.txt';
    ${example('js').replace("'tus-js-client'", JSON.stringify(import.meta.resolve('tus-js-client')))}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(await received(stdout.trim())).toBe(sha256);
});
