/** How fast bytes leave, smoothed; `perSecond` is unknown until there is enough to go by. */
export interface Rate {
  at: number;
  sent: number;
  perSecond: number | null;
}

const INTERVAL = 500;
const WEIGHT_OF_NEW = 0.3;

/** `sent`: bytes that had left before. */
export function startRate(now: number, sent = 0): Rate {
  return { at: now, sent, perSecond: null };
}

/** Takes in that `sent` bytes had left at `now` (milliseconds). */
export function measure(rate: Rate, sent: number, now: number): Rate {
  const elapsed = now - rate.at;
  if (elapsed < INTERVAL) return rate;
  const fresh = ((sent - rate.sent) * 1000) / elapsed;
  const perSecond =
    rate.perSecond === null ? fresh : rate.perSecond * (1 - WEIGHT_OF_NEW) + fresh * WEIGHT_OF_NEW;
  return { at: now, sent, perSecond };
}

/** Whole seconds until all has left; null while it cannot be told. */
export function secondsLeft(rate: Rate, sent: number, total: number): number | null {
  if (rate.perSecond === null || rate.perSecond <= 0) return null;
  return Math.ceil((total - sent) / rate.perSecond);
}
