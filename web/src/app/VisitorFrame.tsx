import { Outlet } from '@tanstack/react-router';
import { Logo } from '../ui/Logo.tsx';

/** The quiet page around what one sees before signing in. */
export function VisitorFrame() {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-10 sm:py-[12vh]">
      <header>
        <Logo className="mb-8" />
      </header>
      <main className="w-full max-w-sm rounded-lg bg-surface p-6 shadow-raised ring-1 ring-line sm:p-8">
        <Outlet />
      </main>
    </div>
  );
}
