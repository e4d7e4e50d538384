import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { Menu as MenuIcon, X } from 'lucide-react';
import { lazy, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../ui/IconButton.tsx';
import { Logo } from '../ui/Logo.tsx';
import { OnceOpen } from '../ui/OnceOpen.tsx';
import { onReasons, reasonToStay } from '../ui/staying.ts';
import { Sidebar } from './Sidebar.tsx';

const Drawer = lazy(() => import('../ui/Drawer.tsx'));
const LeaveGuard = lazy(() => import('./LeaveGuard.tsx'));

/** What stands around every screen behind the sign-in: the sidebar, or a bar with a drawer where there is no room. */
export function Shell() {
  const t = useTranslations('common');
  const [drawer, setDrawer] = useState(false);
  const content = useRef<HTMLElement>(null);
  const mustStay = useSyncExternalStore(onReasons, reasonToStay) !== null;
  useFocusAfterNavigation(content, () => setDrawer(false));
  return (
    <div className="lg:grid lg:grid-cols-[220px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('skipToContent')}
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line lg:block">
        <Sidebar />
      </aside>
      <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-b border-line bg-ground px-3 lg:hidden">
        <IconButton label={t('openMenu')} icon={<MenuIcon />} onClick={() => setDrawer(true)} />
        <Link to="/tickets" aria-label="Docket">
          <Logo />
        </Link>
      </header>
      <OnceOpen open={drawer}>
        <Drawer open={drawer} onOpenChange={setDrawer} title={t('mainNavigation')}>
          <Sidebar close={<IconButton label={t('close')} icon={<X />} onClick={() => setDrawer(false)} />} />
        </Drawer>
      </OnceOpen>
      <main id="content" ref={content} tabIndex={-1} className="min-w-0 outline-none">
        <Outlet />
      </main>
      <OnceOpen open={mustStay}>
        <LeaveGuard />
      </OnceOpen>
    </div>
  );
}

/** A new page begins at its top, for keyboards and screen readers too; what only changes the list does not move. */
function useFocusAfterNavigation(
  content: React.RefObject<HTMLElement | null>,
  onNavigation: () => void,
): void {
  const router = useRouter();
  const told = useRef(onNavigation);
  told.current = onNavigation;
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        told.current();
        content.current?.focus({ preventScroll: true });
      }),
    [router, content],
  );
}
