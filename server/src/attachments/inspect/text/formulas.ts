/** What may stand between a separator and a formula. */
const BEFORE = /(?:^|[,;\t\r\n])[ "']*$/;
/** The old forms of a formula begin with another sign, and call a function or a DDE server. */
const CALL = /(?:^|[,;\t\r\n])[ "']*[+\-@][a-z_]\w*$/i;
const LONGEST = 48;

/**
 * Whether a table has a cell that a spreadsheet would run. Searches for the rare characters first, because
 * tables are large and numbers have signs.
 */
export function hasFormula(text: string): boolean {
  return (
    anyPlace(text, '=', (before, after) => BEFORE.test(before) && /^\s*[^=\s,;"]/.test(after)) ||
    anyPlace(text, '(', (before) => CALL.test(before)) ||
    anyPlace(text, '|', (before) => CALL.test(before))
  );
}

function anyPlace(text: string, sign: string, fits: (before: string, after: string) => boolean): boolean {
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
    if (fits(text.slice(Math.max(0, at - LONGEST), at), text.slice(at + 1, at + 1 + LONGEST))) return true;
  }
  return false;
}
