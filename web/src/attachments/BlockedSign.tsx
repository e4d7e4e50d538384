import { ShieldAlert, ShieldX } from 'lucide-react';
import { classes } from '../ui/classes.ts';
import { isMalware, type Judged } from './verdict.ts';

/** The sign of what was found, beside the words for it. */
export function BlockedSign({ file, className }: { file: Judged; className: string }) {
  const malware = isMalware(file);
  const Sign = malware ? ShieldX : ShieldAlert;
  return <Sign aria-hidden className={classes(malware ? 'text-urgent' : 'text-pending', className)} />;
}
