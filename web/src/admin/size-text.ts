const UNITS = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
export type Unit = keyof typeof UNITS;
export const UNIT_NAMES = ['B', 'KB', 'MB', 'GB'] as const satisfies readonly Unit[];

/** Bytes as people type them: the largest unit in which they come out even, with two decimals at most. */
export function sizeText(bytes: number, decimal: string): { number: string; unit: Unit } {
  const unit = UNIT_NAMES.findLast((each) => bytes >= UNITS[each] && isEven(bytes, each)) ?? 'B';
  return { number: String(bytes / UNITS[unit]).replace('.', decimal), unit };
}

function isEven(bytes: number, unit: Unit): boolean {
  return Number.isInteger((bytes * 100) / UNITS[unit]);
}

/** What was typed, in bytes; undefined where it is no size. A comma is as good as a point. */
export function bytesOf(number: string, unit: Unit): number | undefined {
  const text = number.trim().replace(',', '.');
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) return undefined;
  const bytes = Math.round(Number(text) * UNITS[unit]);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function unitOf(text: string): Unit {
  return UNIT_NAMES.find((unit) => unit === text) ?? 'MB';
}
