/** Milliseconds that a tab which has just been reloaded may take to let go. */
const PATIENCE = 500;

const releases = new Map<string, () => void>();

/**
 * Whether something kept in this browser is this tab's to go on with: two tabs with one upload would be in each other's
 * way. It is, until it is released or the tab is gone. Over plain HTTP, where browsers have no locks, it is every tab's:
 * the server takes each piece from one of them.
 */
export async function claim(name: string): Promise<boolean> {
  if (releases.has(name) || !('locks' in navigator)) return true;
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => {
        resolve(true);
        return new Promise<void>((release) => releases.set(name, release));
      })
      // Another tab has it in hand.
      .catch(() => resolve(false));
  });
}

export function release(name: string): void {
  releases.get(name)?.();
  releases.delete(name);
}
