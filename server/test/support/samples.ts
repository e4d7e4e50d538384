/** One transparent pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Text of exactly so many bytes. */
export function textOf(bytes: number): string {
  return 'The printer is on fire.\n'.repeat(bytes / 24 + 1).slice(0, bytes);
}
