import { useTranslations } from 'use-intl';
import { Dialog } from '../ui/Dialog.tsx';
import type { DialogProps } from '../ui/DialogWindow.tsx';

/** Which key does what. */
export default function KeysDialog(props: Pick<DialogProps, 'open' | 'onOpenChange' | 'finalFocus'>) {
  const t = useTranslations('common');
  const keys = [
    ['J', t('keys.next')],
    ['K', t('keys.previous')],
    ['Enter', t('keys.open')],
    ['/', t('keys.search')],
    ['?', t('keys.help')],
    ['F6', t('keys.notifications')],
  ] as const;
  return (
    <Dialog {...props} title={t('keys.title')} description={t('keys.offSwitch')}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2.5">
        {keys.map(([key, does]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="inline-block min-w-7 rounded-sm bg-sunken px-2 py-0.5 text-center font-sans text-sm ring-1 ring-line">
                {key}
              </kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
