import { buffer } from 'node:stream/consumers';
import { fromBuffer } from 'yauzl';

/** The entries of a zip, read by a library that did not write it, in their order. */
export async function unzip(bytes: Buffer): Promise<Map<string, { content: Buffer; stored: boolean }>> {
  const entries = new Map<string, { content: Buffer; stored: boolean }>();
  await new Promise<void>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('error', reject).on('end', resolve);
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (failure, stream) => {
          if (failure) return reject(failure);
          const content = await buffer(stream);
          entries.set(entry.fileName, { content, stored: entry.compressionMethod === 0 });
          zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
  return entries;
}
