import { be32, latin1, le16, le32, startsWith } from './bytes.ts';

/** What kind of Windows program or shortcut bytes begin, whatever their name says; `head` is 64 bytes or more, or all. */
export function windowsProgram(head: Uint8Array): string | undefined {
  if (isDosHeader(head)) return 'a Windows program';
  if (startsWith(head, [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0])) return 'a Windows shortcut';
  return undefined;
}

/** The same for systems on which a file must be made executable before it runs. */
export function otherProgram(head: Uint8Array): string | undefined {
  if (startsWith(head, '\x7fELF')) return 'a Linux program';
  if (isMachO(head)) return 'a macOS program';
  if (startsWith(head, 'dex\n0')) return 'an Android program';
  return undefined;
}

/** "MZ" alone may begin a text: a DOS header also has fewer than 512 bytes on its last page, and room for itself. */
function isDosHeader(head: Uint8Array): boolean {
  if (!startsWith(head, 'MZ') && !startsWith(head, 'ZM')) return false;
  if (head.length < 64 || le16(head, 2) >= 512) return false;
  const at = le32(head, 60);
  const next = latin1(head.subarray(at, at + 2));
  return at + 2 > head.length || ['PE', 'NE', 'LE', 'LX'].includes(next) || le16(head, 8) >= 2;
}

/** The last signature is shared by Mach-O for several processors and Java classes: both are programs. */
function isMachO(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const magic = be32(head, 0);
  return [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe].includes(magic);
}
