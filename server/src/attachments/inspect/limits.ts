const MB = 1024 * 1024;

/** What a file may ask of those who open it, and what the checks allow themselves to read and keep. */
export const LIMITS = {
  /** Entries of an archive, those of archives inside it included. */
  entries: 10_000,
  /** Bytes that an archive may unpack to, archives inside it included. */
  unpacked: 256 * MB,
  /** Above `ratioFrom` bytes unpacked, at most so many times the size of the file. */
  ratio: 200,
  ratioFrom: 32 * MB,
  /** Archives within archives. */
  nesting: 5,
  /** An archive or Office document inside another is looked into up to this size. */
  nestedSize: 8 * MB,
  /** A zip's or 7z's list of entries. */
  directory: 4 * MB,
  /** Pixels of an image, or of one frame. */
  pixels: 100_000_000,
  /** Bytes of a PDF's object streams that are unpacked in search of active content. */
  objectStreams: 32 * MB,
} as const;
