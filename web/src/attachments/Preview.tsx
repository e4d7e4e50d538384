import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Skeleton } from '../ui/Skeleton.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { ImagePreview } from './ImagePreview.tsx';
import { NoPreview } from './NoPreview.tsx';
import { previewKind } from './preview-kind.ts';

interface PreviewProps {
  api: AttachmentsApi;
  attachment: Attachment;
}

/** The content of a file, by its kind. */
export function Preview({ api, attachment }: PreviewProps) {
  switch (previewKind(attachment)) {
    case 'image':
      return <ImagePreview src={api.previewUrl(attachment)} name={attachment.file_name} />;
    case 'pdf':
      return <PdfPreview api={api} attachment={attachment} />;
    case 'text':
      return <TextPreview api={api} attachment={attachment} />;
    case null:
      return <NoPreview />;
  }
}

/** Without a `sandbox` attribute, which would stop the browser's viewer; the answer's own headers keep the file inert. */
function PdfPreview({ api, attachment }: PreviewProps) {
  return (
    <iframe
      src={api.previewUrl(attachment)}
      title={attachment.file_name}
      className="min-h-0 w-full flex-1 border-0 bg-sunken"
    />
  );
}

const TEXT_SHOWN = 512 * 1024; // bytes

function TextPreview({ api, attachment }: PreviewProps) {
  const t = useTranslations('files');
  const content = useQuery({
    queryKey: ['attachments', 'text', attachment.id],
    queryFn: () => api.text(attachment, TEXT_SHOWN),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (content.isError) return <NoPreview failure={content.error} />;
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      data-own-arrows
      aria-label={attachment.file_name}
      className="min-h-0 flex-1 overflow-auto p-4"
    >
      {content.isPending ? (
        <Skeleton className="mx-auto h-full max-h-96 max-w-3xl" />
      ) : (
        <>
          <pre
            dir="auto"
            className="mx-auto max-w-3xl rounded-md bg-surface p-4 font-mono text-sm break-words whitespace-pre-wrap ring-1 ring-line ring-inset"
          >
            {content.data.text}
          </pre>
          {content.data.cut && <p className="mx-auto mt-3 max-w-3xl text-soft">{t('textCut')}</p>}
        </>
      )}
    </section>
  );
}
