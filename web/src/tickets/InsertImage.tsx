import { useTranslations } from 'use-intl';
import type { QueuedFile } from '../attachments/index.ts';

interface InsertImageProps {
  queued: QueuedFile;
  /** The text as it stands. */
  text: string;
  onInsert(image: string): void;
}

/** Offers an image that has arrived to the text: it is shown there in place. Once is enough. */
export function InsertImage({ queued: { state, file }, text, onInsert }: InsertImageProps) {
  const t = useTranslations('tickets');
  if (state.at !== 'done' || !state.result.mime_type.startsWith('image/')) return null;
  const address = `attachment:${state.result.id}`;
  if (text.includes(address)) return <span className="text-sm text-soft">{t('inText')}</span>;
  return (
    <button
      type="button"
      className="rounded-sm text-sm font-medium text-accent underline"
      aria-label={t('showInTextNamed', { name: file.name })}
      onClick={() => onInsert(`![${file.name.replace(/[[\]\\]/g, ' ')}](${address})`)}
    >
      {t('showInText')}
    </button>
  );
}

/** The text with the image in a paragraph of its own at its end. */
export function withImage(text: string, image: string): string {
  return text.trim() === '' ? `${image}\n` : `${text.trimEnd()}\n\n${image}\n`;
}
