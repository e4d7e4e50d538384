import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackLzma, unpackLzma2 } from '../../../src/attachments/inspect/archive/lzma.ts';
import { inMemory } from '../../../src/attachments/inspect/bounds.ts';
import { inspect } from '../../../src/attachments/inspect/inspect.ts';
import { Unfit } from '../../../src/attachments/inspect/unfit.ts';
import { USUAL_TYPES } from '../../../src/attachments/policy.ts';
import { pdf } from './build/pdf.ts';
import { sevenZip } from './build/sevenzip.ts';
import { word } from './verdict.ts';

const text = { name: 'a.txt', content: 'Good morning.' };
const link = (target: string) => ({ name: 'lib/a', content: target, mode: 0o120777 });

describe('a 7z', () => {
  it('is refused by its name unless the operator lets it in', async () => {
    const refused = await inspect(inMemory(sevenZip([text])), 'a.7z', { types: USUAL_TYPES });
    expect(refused).toMatchObject({ code: 'type_not_allowed' });
  });

  it.each<[string, Buffer, string]>([
    ['of nothing', sevenZip([]), 'accepted'],
    ['of files and folders', sevenZip([text, { name: 'b' }, { ...text, name: 'b/c' }]), 'accepted'],
    ['with a page in it', sevenZip([{ ...text, name: 'a.html' }]), 'accepted scripts_inside'],
    ['with a program in it', sevenZip([{ ...text, name: 'a.exe' }]), 'accepted programs_inside'],
    ['with an archive in it', sevenZip([{ ...text, name: 'a.zip' }]), 'accepted nested_archives'],
    ['encrypted', sevenZip([text], { method: '06f10701' }), 'accepted encrypted'],
    [
      'encrypted, with an archive in it',
      sevenZip([{ ...text, name: 'a.zip' }], { method: '06f10701' }),
      'archive_locked',
    ],
    ['packed by a method nobody knows', sevenZip([text], { method: '04f71101' }), 'accepted'],
    ['with a name that climbs', sevenZip([{ ...text, name: '../a' }]), 'archive_unsafe'],
    ['with a name twice', sevenZip([text, text]), 'archive_unsafe'],
    ['with a device', sevenZip([{ ...text, mode: 0o060600 }]), 'archive_unsafe'],
    ['with a link inside', sevenZip([text, link('../a.txt')]), 'accepted'],
    ['with a link out', sevenZip([text, link('../../a.txt')]), 'archive_unsafe'],
    ['with a link to the root', sevenZip([link('/etc/passwd')]), 'archive_unsafe'],
    ['with a link nobody can read', sevenZip([link('b')], { method: '04f71101' }), 'archive_unsafe'],
    ['with a link of no content', sevenZip([{ name: 'a', mode: 0o120777 }]), 'archive_unsafe'],
    ['that unpacks to too much', sevenZip([text], { size: 40 * 1024 * 1024 }), 'archive_too_large'],
    ['with a PDF behind it', Buffer.concat([sevenZip([text]), pdf()]), 'content_ambiguous'],
    ['cut', sevenZip([text]).subarray(0, -3), 'content_damaged'],
    ['of its signature only', sevenZip([text]).subarray(0, 6), 'content_damaged'],
  ])('%s', async (_, bytes, expected) => expect(await word('a.7z', bytes)).toBe(expected));
});

/** The same 1,169 bytes, packed by another program. */
const LZMA =
  'ACoaCKIDHRtvMBa6/naguEuMQEyI/uolqb8dKfeOpYy+qtf7xdIqK70KpWmRn2+ZxliGG0Wd4rpaHGzK/pe8l6h45FV15oJG5NYCUhvIoGiXxoo69QJaJ9xYLRrXBjIQj03QHXzs6XKDa4KsDZ72FcBJH8Pz7vqGRhzuKQQaKwIPToaEefyHaNypm1eivJIlB9Z8iEAT5rBZENw77Ywlxf/GvCp0AXRCbQVfbLJDjAJma6OBO0xzzTPfTxncuVacnPIesuGxoM8OBOhkTU//Jsu+B1iaT6OS+NRqe4kbS7Tc2nJF+CWqoUNiERnJKD+Cx6UE7t9O4vf+T/91dP3K8i3bfNOsw8MY0BhGLBIh9UyuzBNzU5pDHhuZGjAP//9OTSAA';
const LZMA_LP2 =
  'ACoa2dR0OdcxFkMRZPQhM+wyBLDjjOua1A5kBxf+MIgZoXdAjuGBjxWUOHdL7QMcmWJEHnkX7SDGEPgiupBz5slYHGeLX+PDErDGzqyKYH37eom7EoGICjbdVAFciyjQN9lCT5EqQ+muCPTl3bCsYF3ewNZOCkpw5xTo0EHlnrTShao0slf5Hv9aomIDEEAb4LfBI72ottWu70kYJv6FuQGADJjm0Ma8iN0kFQCiy3l+Wf8x2Bc/29209ejV5OpUHBmI4A9NfOq3Dkfu0LXmoWBEn3vcw6MdzZ202kXBusDnt3voQIrpfiF7+FCoI/ZzzQ7jbPQ4hCbWflVSlLOo2IJrqol6Q/vm/pyP9uQUxFxW4sm007HSJFSCAQPm9a5Z7DdpqeUZFSleroyYeAsBdSeXFhLs7e6jOOopX//2jE0A';
const LZMA2 =
  '4ASQARxdACoaCKIDHRtvMBa6/naguEuMQEyI/uolqb8dKfeOpYy+qtf7xdIqK70KpWmRn2+ZxliGG0Wd4rpaHGzK/pe8l6h45FV15oJG5NYCUhvIoGiXxoo69QJaJ9xYLRrXBjIQj03QHXzs6XKDa4KsDZ72FcBJH8Pz7vqGRhzuKQQaKwIPToaEefyHaNypm1eivJIlB9Z8iEAT5rBZENw77Ywlxf/GvCp0AXRCbQVfbLJDjAJma6OBO0xzzTPfTxncuVacnPIesuGxoM8OBOhkTU//Jsu+B1iaT6OS+NRqe4kbS7Tc2nJF+CWqoUNiERnJKD+Cx6UE7t9O4vf+T/91dP3K8i3bfNOsw8MY0BhGLBIh9UyuzBNzU5pDHhuXpkAAAA==';
const SIZE = 1169;
const CRC = 0x4808a929;

describe('packed headers', () => {
  const unpack = {
    'LZMA with usual parameters': () => unpackLzma(Buffer.from(LZMA, 'base64'), Buffer.from([0x5d]), SIZE),
    'LZMA with others': () => unpackLzma(Buffer.from(LZMA_LP2, 'base64'), Buffer.from([2 * 9]), SIZE),
    LZMA2: () => unpackLzma2(Buffer.from(LZMA2, 'base64'), SIZE),
  };
  it.each(Object.entries(unpack))('are unpacked from %s', (_, result) => expect(crc32(result())).toBe(CRC));

  it('are unpacked as far as somebody reads', () => {
    const start = Buffer.from(unpackLzma2(Buffer.from(LZMA2, 'base64'), 11)).toString();
    expect(start).toBe('The printer');
  });

  it('that are broken end in a refusal, never in a crash or a loop', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(255), (noise, parameters) => {
        const packed = Buffer.concat([Buffer.from([0]), noise]);
        expect(outcome(() => unpackLzma(packed, Buffer.from([parameters]), 5000))).toBe(
          'refused or unpacked',
        );
        expect(outcome(() => unpackLzma2(noise, 5000))).toBe('refused or unpacked');
      }),
    );
  });

  function outcome(work: () => unknown): string {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
    }
    return 'refused or unpacked';
  }
});
