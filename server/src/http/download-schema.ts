import { Type } from 'typebox';

const header = (description: string) => Type.String({ description });

/** What a download understands, for its schema; `select` judges it. */
export const DownloadHeaders = Type.Object({
  Range: Type.Optional(header('One range of bytes: `bytes=0-1023`. Of several, the whole file is sent.')),
  'If-Range': Type.Optional(header('The ETag a Range is meant for; another one gets the whole file.')),
  'If-None-Match': Type.Optional(header('ETags you have: 304 where the file still has one of them.')),
  'If-Match': Type.Optional(header('ETags you expect: 412 where the file has none of them.')),
});

const ETAG = { ETag: header('The SHA-256 of the whole file, in quotes.') };
const SENT = {
  ...ETAG,
  'Accept-Ranges': header('bytes'),
  'Content-Disposition': header('The name to save it under (RFC 6266).'),
};
const BYTES = { '*/*': { schema: Type.String({ format: 'binary' }) } };

/** Its answers that are not refusals. */
export const DOWNLOAD_ANSWERS = {
  200: { description: 'The whole file.', headers: SENT, content: BYTES },
  206: {
    description: 'The range.',
    headers: { ...SENT, 'Content-Range': header('Which bytes of how many: `bytes 0-1023/4096`.') },
    content: BYTES,
  },
  304: Type.Null({ description: 'You have it already.', headers: ETAG }),
};

export const SENT_ON = {
  302: Type.Null({
    description: 'Where downloads go directly to the file store: an address there that is good for a minute.',
    headers: { Location: header('The file, with the headers that a download has.') },
  }),
};

/** The same of a thumbnail, which has a tag of its own and no ranges. */
export const THUMBNAIL_ANSWERS = {
  200: {
    description: 'The thumbnail.',
    headers: { ETag: header('The SHA-256 of the thumbnail, in quotes.') },
    content: { 'image/webp': { schema: Type.String({ format: 'binary' }) } },
  },
  304: Type.Null({ description: 'You have it already.' }),
};

export const ARCHIVE_ANSWER = {
  200: {
    description: 'The archive.',
    headers: { 'Content-Disposition': SENT['Content-Disposition'] },
    content: { 'application/zip': { schema: Type.String({ format: 'binary' }) } },
  },
};
