import { inflateSync } from 'node:zlib';
import { le16, le32 } from '../bytes.ts';
import type { Warning } from '../inspection.ts';
import { LIMITS } from '../limits.ts';
import type { Compound, CompoundEntry } from './compound.ts';
import { checkObject } from './ole-objects.ts';

/** [MS-PPT] 2.3.2: what the header of the Current User stream says of an encrypted document. */
const ENCRYPTED = 0xf3d1c4df;
const EMBEDDED_OBJECT = 0x1011;

/** Embedded objects, the VBA project among them, lie in records of their own ([MS-PPT] 2.10.34). */
export async function checkPowerPoint(compound: Compound, main: CompoundEntry): Promise<Warning[]> {
  const user = compound.entries.find((entry) => entry.path === '/Current User');
  const header = user ? await compound.read(user, 16) : new Uint8Array(0);
  if (header.length === 16 && le32(header, 12) === ENCRYPTED) return ['encrypted'];

  const warnings: Warning[] = [];
  const stream = await compound.read(main, main.size);
  for (let at = 0; at + 8 <= stream.length; ) {
    const end = at + 8 + le32(stream, at + 4);
    if (le16(stream, at + 2) === EMBEDDED_OBJECT) {
      const body = stream.subarray(at + 8, end);
      const object = le16(stream, at) >> 4 === 1 ? inflate(body.subarray(4)) : body;
      const found = await checkObject(object);
      warnings.push(...(found.includes('macros') ? found : (['embedded_files'] as const)));
    }
    at = end;
  }
  return warnings;
}

/** What does not unpack, or to too much, is left alone: PowerPoint cannot open it either. */
function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: LIMITS.nestedSize });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return new Uint8Array(0);
    throw error;
  }
}
