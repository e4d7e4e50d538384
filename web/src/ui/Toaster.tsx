import {
  type ComponentType,
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
} from 'react';
import type { ToastsProps } from './Toasts.tsx';
import { whenIdle } from './when-idle.ts';

interface ToastAction {
  label: string;
  run(): void;
}

export interface ToastMessage {
  title: string;
  description?: string;
  /** Stays until it is dismissed, and is read out at once. */
  failed?: boolean;
  /** Something to do about it, Undo above all. */
  action?: ToastAction;
}

/** Tells something without stopping anybody; answers with what takes it back. */
export type Tell = (message: ToastMessage) => () => void;

const Telling = createContext<Tell>(() => () => {});

export const useToast = (): Tell => useContext(Telling);

/** What screens tell is shown by the list of toasts, which comes when the browser is idle, or with the first of them. */
export function Toaster({ children }: { children: ReactNode }) {
  const [Toasts, setToasts] = useState<ComponentType<ToastsProps>>();
  const [there] = useState(() => Promise.withResolvers<Tell>());
  const load = useCallback(async () => {
    const { default: Toasts } = await import('./Toasts.tsx');
    setToasts(() => Toasts);
  }, []);
  useEffect(() => whenIdle(() => void load()), [load]);

  const tell = useCallback<Tell>(
    (message) => {
      void load();
      const told = there.promise.then((tell) => tell(message));
      return () => void told.then((takeBack) => takeBack());
    },
    [load, there],
  );
  return (
    <Telling value={tell}>
      {children}
      {Toasts && <Toasts onReady={there.resolve} />}
    </Telling>
  );
}
