import { u16, u32 } from './zip.ts';

/** Streams by path; a path in which `/` occurs makes the storages in front of it. */
export type Streams = Record<string, Uint8Array>;

const SECTOR = 512;
const END = 0xfffffffe;
const NONE = 0xffffffff;

interface Node {
  name: string;
  content: Uint8Array | undefined;
  children: Node[];
  id: number;
}

/** Writes a compound file ([MS-CFB] version 3) whose streams all lie in whole sectors. */
export function compound(streams: Streams): Buffer {
  const root: Node = { name: 'Root Entry', content: undefined, children: [], id: 0 };
  const nodes = [root];
  for (const [path, content] of Object.entries(streams)) {
    let parent = root;
    for (const [i, name] of path.split('/').entries()) {
      const isLast = i === path.split('/').length - 1;
      let node = parent.children.find((child) => child.name === name);
      if (!node) {
        node = { name, content: isLast ? content : undefined, children: [], id: nodes.length };
        nodes.push(node);
        parent.children.push(node);
      }
      parent = node;
    }
  }

  const sectors: Buffer[] = [];
  const fat: number[] = [];
  const place = (bytes: Uint8Array): number => {
    const start = sectors.length;
    for (let at = 0; at < bytes.length; at += SECTOR) {
      sectors.push(
        Buffer.concat([bytes.subarray(at, at + SECTOR), Buffer.alloc(SECTOR)]).subarray(0, SECTOR),
      );
      fat.push(at + SECTOR < bytes.length ? sectors.length : END);
    }
    return bytes.length === 0 ? END : start;
  };
  const starts = new Map(nodes.map((node) => [node, node.content ? place(node.content) : 0]));
  const directory = place(Buffer.concat(nodes.map((node) => entry(node, nodes, starts.get(node) ?? 0))));
  const table = sectors.length;
  fat.push(0xfffffffd);
  sectors.push(Buffer.concat([u32(...fat), Buffer.alloc(SECTOR, 0xff)]).subarray(0, SECTOR));

  const header = Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(16),
    u16(0x3e, 3, 0xfffe, 9, 6),
    Buffer.alloc(6),
    // The last number is the size below which streams would lie in small sectors.
    u32(0, 1, directory, 0, 0, END, 0, END, 0).fill(0, 16, 20),
    u32(table),
    Buffer.alloc(SECTOR, 0xff),
  ]).subarray(0, SECTOR);
  return Buffer.concat([header, ...sectors]);
}

function entry(node: Node, nodes: Node[], start: number): Buffer {
  const name = Buffer.from(`${node.name}\0`, 'utf16le');
  const siblings = nodes.find(({ children }) => children.includes(node))?.children ?? [];
  const next = siblings[siblings.indexOf(node) + 1]?.id ?? NONE;
  const type = node.id === 0 ? 5 : node.content ? 2 : 1;
  return Buffer.concat([
    Buffer.concat([name, Buffer.alloc(64)]).subarray(0, 64),
    u16(name.length),
    Buffer.from([type, 1]),
    u32(NONE, node.id === 0 ? NONE : next, node.children[0]?.id ?? NONE),
    Buffer.alloc(36),
    u32(node.content ? start : node.id === 0 ? END : 0, node.content?.length ?? 0, 0),
  ]);
}

/** The main streams of documents that hold nothing else. */
export const WORD = Buffer.concat([u16(0xa5ec), Buffer.alloc(600)]);
export const EXCEL = Buffer.concat([u16(0x0809, 0), u16(0x000a, 0)]);
export const POWERPOINT = Buffer.concat([u16(0x0f, 0x03e8), u32(0)]);
