const RELOADED = 'docket.reloaded';
const AGAIN_AFTER = 60_000; // ms

/** A new version of Docket has other files: whoever still has the old page gets the new one. Once, should that not help. */
export function followNewVersions(): void {
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(RELOADED));
    if (!navigator.onLine || Date.now() - last < AGAIN_AFTER) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    window.location.reload();
  });
}
