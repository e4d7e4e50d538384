import type { Attachment } from './api.ts';

/** How a file can be shown in place; null where it can only be downloaded. */
export function previewKind({ can, mime_type }: Attachment): 'image' | 'pdf' | 'text' | null {
  if (!can.preview) return null;
  if (mime_type.startsWith('image/')) return 'image';
  if (mime_type === 'application/pdf') return 'pdf';
  return mime_type === 'text/plain' || mime_type === 'text/csv' ? 'text' : null;
}
