import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { problemFrom } from '../ui/form.ts';
import { useIsHere } from '../ui/is-here.ts';
import { useToast } from '../ui/Toaster.tsx';

/** Tells why something was not sent: above its form, or, once its writer is elsewhere, in a toast that names it. */
export function useToldFailure(fail: (error: unknown) => void, name: string): (error: unknown) => void {
  const t = useTranslations('tickets');
  const isHere = useIsHere();
  const toast = useToast();
  const word = useRefusal();
  return (error) => {
    if (isHere()) return fail(error);
    const { title, advice } = word(problemFrom(error));
    toast({ title: name, description: `${title}. ${advice} ${t('draftKept')}`, failed: true });
  };
}
