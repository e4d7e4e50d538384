import { FolderOpen } from 'lucide-react';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { extensionOf } from './checks.ts';

/** Asks for a file that an earlier page had begun to send, and this browser could not keep. */
export function ChooseAgain({ name, onChoose }: { name: string; onChoose(file: File): void }) {
  const t = useTranslations('files');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button aria-label={t('chooseAgainNamed', { name })} onClick={() => input.current?.click()}>
        <FolderOpen aria-hidden className="size-4" />
        {t('chooseAgain')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={`.${extensionOf(name)}`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) onChoose(file);
          // So that another choice of the same is heard of.
          currentTarget.value = '';
        }}
      />
    </>
  );
}
