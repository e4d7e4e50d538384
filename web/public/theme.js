// Before the first paint, so that nothing flashes; app/theme.ts does the same from then on.
{
  let chosen = 'system';
  try {
    chosen = localStorage.getItem('docket.theme') ?? 'system';
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
