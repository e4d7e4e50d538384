/** A name in two pieces: the head may be cut off with an ellipsis, the tail with the extension is always seen. */
export interface SplitName {
  head: string;
  tail: string;
}

const TAIL = 6;
const SHORT = 16;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * Cut between graphemes, a few before the extension, so that `report-2026-final.pdf` shortens to `report-2…-final.pdf`.
 * A name read from right to left keeps its stem whole: two pieces of it side by side would be read in the wrong order.
 */
export function splitName(name: string): SplitName {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 && name.length - dot <= 8 ? name.slice(0, dot) : name;
  const ending = name.slice(stem.length);
  if (RIGHT_TO_LEFT.test(stem)) return { head: stem, tail: ending };
  const graphemes = [...new Intl.Segmenter().segment(stem)].map((part) => part.segment);
  if (graphemes.length < SHORT) return { head: stem, tail: ending };
  return {
    head: graphemes.slice(0, -TAIL).join(''),
    tail: graphemes.slice(-TAIL).join('') + ending,
  };
}
