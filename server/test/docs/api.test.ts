import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { refusalTable } from '../../../scripts/refusal-table.ts';

const API = new URL('../../../docs/api.md', import.meta.url);

test('docs/api.md lists every refusal as the source has it', async () => {
  expect((await readFile(API, 'utf8')).match(/<!-- refusals -->\n([\s\S]*)\n<!-- \/refusals -->/)?.[1]).toBe(
    refusalTable(),
  );
});
