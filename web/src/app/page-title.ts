import { useEffect } from 'react';

/** What the browser's tab, its history and a screen reader call this page. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Docket` : 'Docket';
  }, [title]);
}
