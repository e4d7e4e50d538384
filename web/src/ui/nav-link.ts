/** How a link of the sidebar looks; the router marks the one that is open. */
export const NAV_LINK =
  'flex min-h-8 items-center gap-2.5 rounded-sm px-2.5 py-1 text-soft transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-tint aria-[current=page]:font-medium aria-[current=page]:text-ink touch:min-h-11 [&>svg]:size-4 [&>svg]:shrink-0';
