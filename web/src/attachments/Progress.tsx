import { useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { classes } from '../ui/classes.ts';
import type { ChosenFile } from './chosen-file.ts';
import { type Rate, secondsLeft } from './rate.ts';

/** How much of a file has left, how fast, and how long it will take. */
export function Progress({ file, sent, rate }: { file: ChosenFile; sent: number; rate: Rate }) {
  const t = useTranslations('files');
  const size = useSize();
  const allSent = sent >= file.size;
  const left = secondsLeft(rate, sent, file.size);
  const said = allSent
    ? t('checking', { size: size(file.size) })
    : [
        t('sent', { sent: size(sent), size: size(file.size) }),
        rate.perSecond !== null && t('speed', { speed: size(Math.round(rate.perSecond)) }),
        left !== null &&
          (left < 60
            ? t('secondsLeft', { seconds: left })
            : t('minutesLeft', { minutes: Math.ceil(left / 60) })),
      ]
        .filter(Boolean)
        .join(' · ');
  return (
    <>
      <p className="text-sm text-soft tabular-nums">{said}</p>
      <Bar file={file} sent={sent} said={said} />
    </>
  );
}

interface BarProps {
  file: ChosenFile;
  sent: number;
  said: string;
  /** Nothing leaves just now. */
  halted?: boolean;
}

export function Bar({ file, sent, said, halted = false }: BarProps) {
  const t = useTranslations('files');
  return (
    <progress
      aria-label={t('progressOf', { name: file.name })}
      aria-valuetext={said}
      value={sent}
      max={file.size}
      className={classes(BAR, halted ? HALTED : MOVING)}
    />
  );
}

/** Along the lower edge of the row, so that rows are of one height whether it is there or not. */
const BAR =
  'absolute inset-x-0 bottom-0 block h-0.75 w-full appearance-none overflow-hidden rounded-full bg-line [&::-webkit-progress-bar]:bg-line';
const MOVING = '[&::-moz-progress-bar]:bg-accent [&::-webkit-progress-value]:bg-accent';
const HALTED = '[&::-moz-progress-bar]:bg-edge [&::-webkit-progress-value]:bg-edge';
