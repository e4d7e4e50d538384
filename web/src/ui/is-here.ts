import { useEffect, useRef } from 'react';

/** Whether the component is still on screen; for what comes later. */
export function useIsHere(): () => boolean {
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return () => here.current;
}
