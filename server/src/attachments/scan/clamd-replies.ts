import { type Engine, type Finding, ScanFailed } from './scanner.ts';

/** Said before the whole file was sent, which only this may be. */
export const TOO_LARGE: Finding = { verdict: 'unscannable', reason: 'larger than the scanner accepts' };

/** What is reported as found but is no malware: an alert that the operator of clamd turned on (clamd.conf(5), Alert*). */
const ALERTS: [RegExp, Finding][] = [
  [
    /^Heuristics\.Limits\.Exceeded\./,
    { verdict: 'unscannable', reason: 'larger or deeper than the scanner looks' },
  ],
  [/^Heuristics\.Encrypted\./, { verdict: 'unscannable', reason: 'encrypted' }],
  // That there are macros is for our own inspection to say.
  [/^Heuristics\.OLE2\.ContainsMacros/, { verdict: 'clean' }],
];

/** The answer to INSTREAM. Throws `ScanFailed` for whatever is not exactly one of those that say how the file is. */
export function findingIn(reply: string): Finding {
  const line = onlyLine(reply);
  if (line === undefined) throw new ScanFailed('the scanner broke off without an answer');
  if (line === 'stream: OK') return { verdict: 'clean' };
  if (line === 'INSTREAM size limit exceeded. ERROR') return TOO_LARGE;
  const signature = /^stream: (\S+) FOUND$/.exec(line)?.[1];
  if (signature !== undefined) {
    const [, alert] = ALERTS.find(([pattern]) => pattern.test(signature)) ?? [];
    return alert ?? { verdict: 'infected', signature };
  }
  throw new ScanFailed(
    line.endsWith('ERROR') || line === 'COMMAND READ TIMED OUT'
      ? 'the scanner reports an error'
      : 'the answer of the scanner is not understood',
  );
}

const VERSION = /^ClamAV ([\w.+~-]{1,40})(?:\/(\d{1,10})\/(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}))?$/;

/** The answer to VERSION; the date of the signatures has no zone there, and is taken to be of this machine's. */
export function versionIn(reply: string): Engine | undefined {
  const [, version, signatures = '', at = ''] = VERSION.exec(onlyLine(reply) ?? '') ?? [];
  if (version === undefined) return undefined;
  const signaturesAt = new Date(at);
  return {
    ...{ name: 'ClamAV', version, signatures },
    signaturesAt: Number.isNaN(signaturesAt.getTime()) ? null : signaturesAt,
  };
}

/** One line that is whole, and nothing beside it. */
function onlyLine(reply: string): string | undefined {
  return /^([^\0\r\n]+)\0$/.exec(reply)?.[1];
}
