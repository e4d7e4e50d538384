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
  const header = user ? await compound.open(user).read(0, 16) : new Uint8Array(0);
  if (header.length === 16 && le32(header, 12) === ENCRYPTED) return ['encrypted'];

  const warnings: Warning[] = [];
  const stream = compound.open(main);
  for (let at = 0; at + 8 <= stream.size; ) {
    const record = await stream.read(at, 8);
    const length = le32(record, 4);
    if (le16(record, 2) === EMBEDDED_OBJECT && length <= LIMITS.nestedSize) {
      const isPacked = le16(record, 0) >> 4 === 1;
      const object = await stream.read(at + 8 + (isPacked ? 4 : 0), length);
      const found = await checkObject(isPacked ? inflate(object) : object);
      // The VBA project is such an object too, but nobody put it there as a file.
      warnings.push(...(found.length > 0 ? found : (['embedded_files'] as const)));
    }
    at += 8 + length;
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
