import type {} from '@fastify/swagger';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Id, Nothing } from '../schemas.ts';

/** The version of tus that is spoken. */
export const VERSION = '1.0.0';
/** The type of a piece. */
export const PIECE_TYPE = 'application/offset+octet-stream';

/** Whether the route of this request takes a piece. */
export function takesPieces(request: FastifyRequest): boolean {
  return request.routeOptions.schema?.consumes?.includes(PIECE_TYPE) ?? false;
}

const version = Type.String({ description: `The version of tus: ${VERSION}.` });
const bytes = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$', description });
const checksum = Type.Optional(
  Type.String({ description: '`sha256` or `sha1`, a space, and the digest of the piece in Base64.' }),
);

export const VERSION_HEADERS = Type.Object({ 'tus-resumable': version });

export const CREATION_HEADERS = Type.Object({
  'tus-resumable': version,
  'upload-length': Type.Optional(bytes('The size of the file.')),
  'upload-metadata': Type.String({
    maxLength: 8192,
    description:
      'Keys with values in Base64, a comma between two: `filename`, and where wanted `filetype`, `description`, `ticket_id`, `reply_id`.',
  }),
  'upload-checksum': checksum,
});

export const PIECE_HEADERS = Type.Object({
  'tus-resumable': version,
  'upload-offset': bytes('Where in the file the piece begins.'),
  'upload-checksum': checksum,
});

const offset = Type.Integer({ description: 'Bytes of the file that are durable.' });
const expires = Type.String({
  description: 'When it is given up, unless another piece comes (RFC 9110 date).',
});
const ended = {
  'Docket-Upload-Id': Id,
  'Docket-Attachment-Id': { ...Id, description: 'Of the file on its ticket, once it is there.' },
};

/** The body, for the description of the API: it is read as it comes. */
export const Piece = Type.String({ format: 'binary', description: 'The bytes from there on.' });

export const CREATED = {
  ...Nothing,
  headers: {
    Location: Type.String({ description: 'Where its pieces go.' }),
    'Upload-Offset': { ...offset, description: 'Where a first piece came along: bytes that are durable.' },
    'Upload-Expires': expires,
    ...ended,
  },
};

export const STANDING = {
  ...Nothing,
  headers: {
    'Upload-Offset': offset,
    'Upload-Length': Type.Integer({ description: 'The size of the file.' }),
    'Upload-Metadata': Type.String({ description: 'As it was sent.' }),
    'Upload-Expires': expires,
    ...ended,
  },
};

export const CONTINUED = {
  ...Nothing,
  headers: { 'Upload-Offset': offset, 'Upload-Expires': expires, ...ended },
};
