/** Signals this soon after one another are one: a terminal sends them to everybody, and a launcher passes them on. */
const ONE_BURST = 1_000; // ms

/** How the process is asked to end. */
export interface StopRequests {
  /** Somebody asked: begin to stop. Resolves to who or what. */
  asked: Promise<string>;
  /** Somebody asked again: wait for nobody. */
  hurried: Promise<void>;
}

/**
 * Listens from now on for the signals that end a server, and for the end of a launcher that stands between us
 * and whoever started it. A third request ends the process where it is.
 */
export function listenForStop(): StopRequests {
  const asked = Promise.withResolvers<string>();
  const hurried = Promise.withResolvers<void>();
  let requests = 0;
  let last = Number.NEGATIVE_INFINITY;
  const hear = (from: string) => {
    const now = performance.now();
    const another = now - last > ONE_BURST;
    last = now;
    if (!another) return;
    requests += 1;
    asked.resolve(from);
    if (requests === 2) hurried.resolve();
    if (requests > 2) process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  process.on('disconnect', () => asked.resolve('the end of the launcher'));
  process.channel?.unref();
  return { asked: asked.promise, hurried: hurried.promise };
}
