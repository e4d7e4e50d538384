import { inMemory } from '../../../src/attachments/inspect/bounds.ts';
import { inspect } from '../../../src/attachments/inspect/inspect.ts';
import type { Inspection } from '../../../src/attachments/inspect/inspection.ts';
import { EVERY_TYPE } from '../../../src/attachments/policy.ts';

/** What the checks say of bytes under a name, with 7z let in. */
export function verdict(name: string, bytes: Uint8Array | string): Promise<Inspection> {
  return inspect(inMemory(Buffer.from(bytes)), name, { types: EVERY_TYPE });
}

/** The same in one word for tables: the refusal's code, or `accepted` and the warnings. */
export async function word(name: string, bytes: Uint8Array | string): Promise<string> {
  const inspection = await verdict(name, bytes);
  return inspection.accepted ? ['accepted', ...inspection.warnings].join(' ') : inspection.code;
}
