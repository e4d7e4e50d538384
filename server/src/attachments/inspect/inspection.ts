import type { RefusalCode, RefusalDetails } from '../../refusals.ts';
import type { MimeType } from '../policy.ts';

/** A file as the checks see it: its size, and any range of its bytes. */
export interface RandomAccess {
  readonly size: number;
  /**
   * Resolves to the bytes from `offset`, at most `length` of them, fewer only at the end of the file. Whoever reads a
   * whole file piece by piece lends the memory of a piece: fresh ones pile up until V8 thinks of collecting them.
   */
  read(offset: number, length: number, memory?: Uint8Array): Promise<Uint8Array>;
}

/** What a screen tells people about an accepted file. */
export const WARNINGS = [
  'encrypted',
  'macros',
  'embedded_files',
  'external_links',
  'javascript',
  'launch_action',
  'programs_inside',
  'scripts_inside',
  'formulas',
  'nested_archives',
] as const;
export type Warning = (typeof WARNINGS)[number];

/** What the bytes are, or why they are not accepted. `rule` names the check that decided, for operators and logs. */
export type Inspection =
  | { accepted: true; mimeType: string; warnings: Warning[]; rule: string }
  | { accepted: false; code: RefusalCode; details: RefusalDetails; rule: string };

/** What is let in. */
export interface InspectionPolicy {
  types: readonly MimeType[];
}
