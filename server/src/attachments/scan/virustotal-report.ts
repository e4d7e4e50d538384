import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Finding } from './scanner.ts';

const Count = Type.Integer({ minimum: 0 });
const Report = Type.Object({
  data: Type.Object({
    type: Type.Literal('file'),
    attributes: Type.Object({
      sha256: Type.String(),
      last_analysis_stats: Type.Object({
        malicious: Count,
        suspicious: Count,
        undetected: Count,
        harmless: Count,
      }),
    }),
  }),
});

type Stats = Static<typeof Report>['data']['attributes']['last_analysis_stats'];

/** What its engines said of the file; undefined when this is no report on it (docs.virustotal.com, File object). */
export function wordIn(report: unknown, sha256: string): Stats | undefined {
  if (!Value.Check(Report, report)) return undefined;
  const { attributes } = report.data;
  return attributes.sha256.toLowerCase() === sha256.toLowerCase()
    ? attributes.last_analysis_stats
    : undefined;
}

/**
 * One of seventy engines alone is mostly wrong, and an infected file is taken from everybody: so it takes two. One, or
 * a suspicion, is a doubt, which is for a person to judge.
 */
const ENOUGH = 2;
/** Fewer engines than this have not looked at a file. */
const QUORUM = 10;

export function knownAs(word: Stats | 'unknown'): Finding {
  if (word === 'unknown') return { verdict: 'unscannable', reason: 'not known to VirusTotal' };
  const { malicious, suspicious, undetected, harmless } = word;
  const engines = malicious + suspicious + undetected + harmless;
  if (malicious >= ENOUGH) return { verdict: 'infected', signature: `${malicious} of ${engines} engines` };
  const doubts = malicious + suspicious;
  if (doubts > 0) return { verdict: 'unscannable', reason: `suspected by ${doubts} of ${engines} engines` };
  if (engines < QUORUM) {
    return { verdict: 'unscannable', reason: `looked at by ${engines} engines of VirusTotal only` };
  }
  return { verdict: 'clean' };
}
