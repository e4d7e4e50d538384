/** Focus goes to the next or previous ticket's link of a table: Enter opens it, as any link. */
export function stepThrough(table: HTMLTableElement | null, step: 1 | -1): void {
  const links = [...(table?.querySelectorAll<HTMLAnchorElement>('tbody a[data-ticket]') ?? [])];
  const here = links.findIndex((link) => link.matches(':focus'));
  const next = here === -1 ? (step === 1 ? 0 : links.length - 1) : here + step;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}
