import { useTranslations } from 'use-intl';
import type { Attachment } from './api.ts';
import { isMalware, type Judged, REASONS } from './verdict.ts';

/** A verdict in words, for files that are blocked, or were. */
export function useVerdictWords() {
  const t = useTranslations('verdicts');
  /** One that this app does not know is told as the server words it. */
  const reason = (result: string) => (isKnown(result) ? t(`reason.${REASONS[result]}`) : result);
  const worded = (part: 'found' | 'notice', { name = '', ...file }: Judged & { name?: string }): string => {
    const result = file.virus_scan_result;
    if (isMalware(file)) {
      return result
        ? t(`${part}.malware`, { name, signature: result })
        : t(`${part}.malwareUnnamed`, { name });
    }
    return result
      ? t(`${part}.unscannable`, { name, reason: reason(result) })
      : t(`${part}.unscannableUnnamed`, { name });
  };
  return {
    /** "Malware was found: X." */
    found: (file: Judged) => worded('found', file),
    /** The same of a file that is named. */
    notice: (file: Attachment) => worded('notice', { ...file, name: file.file_name }),
    advice: (file: Attachment) => t(`advice.${adviceOn(file)}`),
    /** Before it is on a ticket: its uploader alone knows of it. */
    stagedAdvice: (file: Judged) => t(`advice.${isMalware(file) ? 'stagedMalware' : 'stagedUnscannable'}`),
  };
}

function isKnown(result: string): result is keyof typeof REASONS {
  return Object.hasOwn(REASONS, result);
}

/** By what the person may do with it: uploaders get back what is held, and delete what is theirs. */
function adviceOn(file: Attachment) {
  const { can } = file;
  if (isMalware(file)) return can.release ? 'releaseMalware' : can.delete ? 'ownMalware' : 'malware';
  if (can.release) return can.download ? 'ownUnscannable' : 'releaseUnscannable';
  return can.download ? 'ownUnscannable' : 'unscannable';
}
