import { crc32, deflateRawSync } from 'node:zlib';

export interface Member {
  name: string;
  content?: string | Uint8Array;
  /** Deflated unless 0. */
  method?: number;
  flags?: number;
  /** Unix mode. */
  mode?: number;
  /** What the central directory, or only the local header, says instead of the truth. */
  central?: { size?: number; crc?: number; offset?: number; name?: string; extra?: Buffer };
  local?: { name?: string; size?: number; method?: number; extra?: Buffer };
  /** Bytes in front of the local header that belong to nobody. */
  gap?: Buffer;
  /** Bytes behind the packed content that count as packed. */
  packedTail?: Buffer;
  /** Sizes in a descriptor behind the content: the size it states. */
  descriptor?: number;
}

/** Writes a zip as APPNOTE says, and lies where it is told to. */
export function zip(
  members: Member[],
  { comment = '', entries = members.length, prefix = Buffer.alloc(0) } = {},
): Buffer {
  const parts: Buffer[] = [prefix];
  const directory: Buffer[] = [];
  let at = prefix.length;
  const add = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  for (const member of members) {
    const content = Buffer.from(member.content ?? '');
    const method = member.method ?? 8;
    const packed = Buffer.concat([
      method === 8 ? deflateRawSync(content) : content,
      member.packedTail ?? Buffer.alloc(0),
    ]);
    add(member.gap ?? Buffer.alloc(0));
    const offset = at;
    const facts = {
      flags: member.flags ?? 0,
      method,
      crc: crc32(content),
      packed: packed.length,
      size: content.length,
    };
    if (member.descriptor !== undefined) facts.flags |= 8;

    const localName = Buffer.from(member.local?.name ?? member.name);
    const extra = member.local?.extra ?? Buffer.alloc(0);
    const zeros = member.descriptor === undefined ? {} : { crc: 0, packed: 0, size: 0 };
    const { name: _, extra: __, ...lies } = member.local ?? {};
    add(
      Buffer.concat([
        signed('PK\x03\x04'),
        common({ ...facts, ...zeros, ...lies }),
        u16(localName.length, extra.length),
        localName,
        extra,
        packed,
      ]),
    );
    if (member.descriptor !== undefined)
      add(Buffer.concat([signed('PK\x07\x08'), u32(facts.crc, facts.packed, member.descriptor)]));

    const name = Buffer.from(member.central?.name ?? member.name);
    const attributes = ((member.mode ?? 0) << 16) >>> 0;
    directory.push(
      Buffer.concat([
        signed('PK\x01\x02'),
        u16(0x0314),
        common({ ...facts, size: member.central?.size ?? facts.size, crc: member.central?.crc ?? facts.crc }),
        u16(name.length, member.central?.extra?.length ?? 0, 0, 0, 0),
        u32(attributes, member.central?.offset ?? offset),
        name,
        member.central?.extra ?? Buffer.alloc(0),
      ]),
    );
  }
  const central = Buffer.concat(directory);
  const end = Buffer.concat([
    signed('PK\x05\x06'),
    u16(0, 0, entries, entries),
    u32(central.length, at),
    u16(comment.length),
    Buffer.from(comment, 'latin1'),
  ]);
  return Buffer.concat([...parts, central, end]);
}

function common(facts: { flags: number; method: number; crc: number; packed: number; size: number }): Buffer {
  return Buffer.concat([
    u16(20, facts.flags, facts.method, 0, 0x21),
    u32(facts.crc, facts.packed, facts.size),
  ]);
}

function signed(signature: string): Buffer {
  return Buffer.from(signature, 'latin1');
}

export function u16(...values: number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([value & 0xff, (value >>> 8) & 0xff])));
}

export function u32(...values: number[]): Buffer {
  return Buffer.concat(values.map((value) => u16(value & 0xffff, value >>> 16)));
}
