import type { InspectionPolicy } from './inspect/inspection.ts';

/** Every type Docket knows how to check, by extension: what is served as Content-Type. */
const MIME_TYPES = {
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  txt: 'text/plain',
  csv: 'text/csv',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  zip: 'application/zip',
  '7z': 'application/x-7z-compressed',
} as const;

export type Extension = keyof typeof MIME_TYPES;
export type MimeType = (typeof MIME_TYPES)[Extension];

export function mimeTypeOf(extension: Extension): MimeType {
  return MIME_TYPES[extension];
}

/** The types in force, in the order people read them. */
export function acceptedTypes(policy: InspectionPolicy): { extension: Extension; mimeType: MimeType }[] {
  return extensions()
    .filter((extension) => accepts(extension, policy))
    .map((extension) => ({ extension, mimeType: MIME_TYPES[extension] }));
}

/** Whether a lower-case extension is accepted. */
export function accepts(extension: string, policy: InspectionPolicy): extension is Extension {
  return isExtension(extension) && policy.types.includes(MIME_TYPES[extension]);
}

function isExtension(text: string): text is Extension {
  return Object.hasOwn(MIME_TYPES, text);
}

function extensions(): Extension[] {
  return Object.keys(MIME_TYPES).filter(isExtension);
}

/** Accepted only where somebody says so. */
export const SEVEN_ZIP: MimeType = MIME_TYPES['7z'];
/** What can be checked at all, in the order people read it. */
export const EVERY_TYPE: readonly MimeType[] = [...new Set(Object.values(MIME_TYPES))];
/** What is accepted until somebody says otherwise. */
export const USUAL_TYPES: readonly MimeType[] = EVERY_TYPE.filter((type) => type !== SEVEN_ZIP);

/** As they came, in the order people read them, without what cannot be checked. */
export function knownTypes(types: readonly string[]): MimeType[] {
  return EVERY_TYPE.filter((type) => types.includes(type));
}
