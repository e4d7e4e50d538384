/** ms; Safari does not say when it is idle. */
const A_WHILE = 1000;

/** Does `work` when the browser has nothing else to do. Answers with what calls it off. */
export function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const id = window.requestIdleCallback(work);
    return () => window.cancelIdleCallback(id);
  }
  const id = setTimeout(work, A_WHILE);
  return () => clearTimeout(id);
}
