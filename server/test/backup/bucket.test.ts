import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import type { Config } from '../../src/config.ts';
import { json } from '../support/answers.ts';
import { type Ceph, startCeph, withCeph } from '../support/ceph.ts';
import { Client } from '../support/client.ts';
import type { TestDesk } from '../support/desk.ts';
import { openTestDesk } from '../support/desk.ts';
import { backUpOf, type FullDesk, openFullDesk, openRestored, sha256 } from '../support/full-desk.ts';
import { offsetIn, tusOf } from '../support/tus.ts';

describe.runIf(withCeph)('a desk with files on the disk and in a bucket of Ceph', () => {
  let ceph: Ceph;
  let config: Partial<Config>;
  let full: FullDesk;
  let beside: TestDesk;
  let admin: Client;
  let late: string;
  let backup: Awaited<ReturnType<typeof backUpOf>> | undefined;
  let restored: TestDesk;

  /** Both stores are there, and an admin says which takes new files. */
  async function withBucket(): Promise<Partial<Config>> {
    const s3 = {
      ...{ bucket: `docket-${randomUUID()}`, endpoint: ceph.endpoint, region: 'us-east-1', prefix: 'desk/' },
      ...{ forcePathStyle: true, checksums: 'when_required' as const, credentials: ceph.credentials },
    };
    const client = createS3Client(s3);
    await client.send(new CreateBucketCommand({ Bucket: s3.bucket }));
    client.destroy();
    return { s3, set: new Set() };
  }
  const putNewFilesIn = async (storage_type: string) => {
    const path = '/admin/storage-config';
    const now = await json<Record<string, unknown>>(await admin.get(path));
    const { version, base_path, max_file_size, allowed_mime_types } = now;
    const wanted = { version, storage_type, base_path, max_file_size, allowed_mime_types };
    expect((await admin.send('PUT', path, wanted)).status).toBe(200);
  };
  const at = ({ url }: TestDesk, { token, id }: Client) => new Client(url, token, id);
  const storagesOf = async ({ db }: TestDesk) => {
    const rows = await db.selectFrom('ticket_attachments').select(['id', 'storage']).execute();
    return new Map(rows.map(({ id, storage }) => [id, storage]));
  };

  beforeAll(async () => {
    ceph = await startCeph();
    config = await withBucket();
    full = await openFullDesk(config);
    admin = await full.desk.person('admin', 'Helen');
    beside = await openTestDesk({ config, beside: full.desk });
  }, 120_000);
  afterAll(async () => {
    await restored?.close();
    await beside?.close();
    await full?.desk.close();
    if (backup) await rm(dirname(backup.path), { recursive: true, force: true });
    await ceph?.stop();
  });

  test('an admin sends new files to the bucket while it runs, through every instance within a second', async () => {
    await putNewFilesIn('s3');
    const customer = at(beside, full.customer);
    await vi.waitFor(async () => {
      late = await customer.attach(full.ticketId, { name: 'late.txt', bytes: 'late\n'.repeat(100) });
      expect((await storagesOf(full.desk)).get(late)).toBe('s3');
    }, 1_000);
    const { path, text, come } = full.partial;
    expect((await tusOf(full.customer).patch(path, come, text.slice(come, come + 1_000))).status).toBe(204);
    expect((await storagesOf(full.desk)).get(full.files.plain)).toBe('disk');
    for (const id of [late, full.files.plain])
      expect((await at(beside, full.agent).get(`/attachments/${id}/download`)).status).toBe(200);
  });

  test('a backup holds what both have, and is put back into another bucket', async () => {
    backup = await backUpOf(full.desk, config);
    expect(backup.problems).toEqual([]);
    const other = await withBucket();
    restored = await openRestored(backup.path, { ...other, storage: 's3' });
    for (const id of [late, full.files.plain, full.files.claimed, full.files.internal]) {
      const before = await full.agent.get(`/attachments/${id}/download`);
      const after = await at(restored, full.agent).get(`/attachments/${id}/download`);
      expect(after.status).toBe(200);
      expect(sha256(await after.bytes())).toBe(sha256(await before.bytes()));
    }
    const findings: unknown[] = [];
    const report = { progress() {}, finding: (finding: unknown) => void findings.push(finding) };
    await restored.services.attachments.verify({}, report);
    expect(findings).toEqual([]);
  });

  test('there an upload in pieces of both stores goes on, and ends', async () => {
    const { path, text, come } = full.partial;
    const customer = at(restored, full.customer);
    const offset = offsetIn(await tusOf(customer).head(path));
    expect(offset).toBe(come + 1_000);
    expect((await tusOf(customer).patch(path, offset, text.slice(offset))).status).toBe(204);
    const id = path.split('/').at(-1);
    const reply = await customer.post(`/tickets/${full.ticketId}/replies`, {
      ...{ body: 'Whole.', upload_ids: [id] },
    });
    expect(reply.status).toBe(201);
    const { attachments } = await json<{ attachments: { id: string }[] }>(reply);
    const back = await customer.get(`/attachments/${attachments[0]?.id}/download`);
    expect(await back.text()).toBe(text);
  });
});
