import { useRefusal } from '../messages/refusals.ts';
import { problemFrom } from './form.ts';
import { useToast } from './Toaster.tsx';

/** Tells what was refused in a toast that stays until it is dismissed; for what no form stands around. */
export function useToastedRefusal(): (error: unknown) => void {
  const toast = useToast();
  const word = useRefusal();
  return (error) => {
    const { title, advice } = word(problemFrom(error));
    toast({ title, description: advice, failed: true });
  };
}
