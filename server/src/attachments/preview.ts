/** The type under which a browser may show a file in place; undefined for what is only downloaded. */
export function previewTypeOf(mimeType: string): string | undefined {
  if (mimeType.startsWith('text/')) return 'text/plain';
  return mimeType === 'application/pdf' || mimeType.startsWith('image/') ? mimeType : undefined;
}
