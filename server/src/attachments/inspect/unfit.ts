import type { RefusalCode, RefusalDetails } from '../../refusals.ts';

/**
 * Ends a check: the file is not accepted. `rule` says which check decided, for operators and logs;
 * `inspect` turns it into a verdict.
 */
export class Unfit extends Error {
  readonly code: RefusalCode;
  readonly rule: string;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, rule: string, details: RefusalDetails = {}) {
    super(rule);
    this.name = 'Unfit';
    this.code = code;
    this.rule = rule;
    this.details = details;
  }
}
