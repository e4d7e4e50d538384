import { InvalidArgumentError } from 'commander';

/** A day, or a moment of it, as commands are told one. */
export function dayOf(text: string): Date {
  const day = new Date(text);
  if (Number.isNaN(day.getTime())) throw new InvalidArgumentError('Write it as 2026-11-01.');
  return day;
}

/** `5%` or `5` as 0.05; above 0, at most everything. */
export function shareOf(text: string): number {
  const percent = Number(text.replace(/%$/, '') || Number.NaN);
  if (!(percent > 0 && percent <= 100)) throw new InvalidArgumentError('Write it as 5%.');
  return percent / 100;
}
