import { Toast } from '@base-ui/react/toast';
import { CircleCheck, TriangleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from './IconButton.tsx';
import type { Tell, ToastMessage } from './Toaster.tsx';

const SHOWN = 6_000; // ms; with something to do, longer
const SHOWN_WITH_ACTION = 12_000;

export interface ToastsProps {
  /** Called once toasts can be told. */
  onReady(tell: Tell): void;
}

/** Where toasts appear. F6 leads into them, and while focus or the pointer is there, they stay. */
export default function Toasts({ onReady }: ToastsProps) {
  const t = useTranslations('common');
  return (
    <Toast.Provider limit={4}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label={t('notifications')}
          className="fixed right-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] max-w-sm flex-col-reverse gap-2 sm:right-6 sm:bottom-6"
        >
          <List onReady={onReady} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List({ onReady }: ToastsProps) {
  const t = useTranslations('common');
  const { toasts, add, close } = Toast.useToastManager();
  useEffect(() => onReady((message) => tell(message, add, close)), [onReady, add, close]);
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection="right"
      className="translate-x-(--toast-swipe-movement-x) rounded-md bg-raised shadow-raised ring-1 ring-line transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-3 p-3">
        {toast.type === 'failed' ? (
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-urgent" />
        ) : (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-solved" />
        )}
        <div className="min-w-0 flex-1 break-words">
          <Toast.Title className="font-medium" />
          <Toast.Description className="text-soft" />
        </div>
        {toast.actionProps && (
          <Toast.Action className="-my-1 min-h-8 rounded-sm px-2 font-semibold text-accent hover:bg-hover" />
        )}
        <Toast.Close render={<IconButton label={t('dismiss')} icon={<X />} className="-my-1 -mr-1" />} />
      </Toast.Content>
    </Toast.Root>
  ));
}

type Manager = ReturnType<typeof Toast.useToastManager>;

function tell(
  { title, description, failed = false, action }: ToastMessage,
  add: Manager['add'],
  close: Manager['close'],
): () => void {
  const id = add({
    title,
    ...(description && { description }),
    type: failed ? 'failed' : 'done',
    priority: failed ? 'high' : 'low',
    timeout: failed ? 0 : action ? SHOWN_WITH_ACTION : SHOWN,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          close(id);
          action.run();
        },
      },
    }),
  });
  return () => close(id);
}
