let now = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** The time in ms, anew each minute while somebody looks: one clock, however many rows tell how long ago. */
export const minute = {
  get: () => now,
  subscribe(listener: () => void): () => void {
    if (listeners.size === 0) {
      now = Date.now();
      ticking = setInterval(tick, 60_000);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) clearInterval(ticking);
    };
  },
};
