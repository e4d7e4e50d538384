import { Lock } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Attachment, Person } from '../api/client.ts';
import { type AttachmentsApi, MessageFiles } from '../attachments/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Badge } from '../ui/Badge.tsx';
import { classes } from '../ui/classes.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { Markdown } from './Markdown.tsx';

interface MessageProps {
  id?: string;
  author: Person;
  text: string;
  at: string;
  internal?: boolean;
  files: Attachment[];
  api: AttachmentsApi;
}

/** One thing said. What agents say among themselves looks different, and says so. */
export function Message({ id, author, text, at, internal = false, files, api }: MessageProps) {
  const t = useTranslations('tickets');
  const hidden = files.filter(({ can }) => !can.preview).map((file) => file.id);
  return (
    <li>
      <article
        id={id}
        aria-label={
          internal ? t('detail.noteBy', { name: author.name }) : t('detail.author', { name: author.name })
        }
        className={classes(
          'rounded-lg p-4 ring-1 sm:p-5',
          internal ? 'bg-note ring-note-line' : 'bg-surface ring-line',
        )}
      >
        <header className="mb-3 flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Avatar name={author.name} size="sm" />
          <span className="font-semibold">{author.name}</span>
          {internal && (
            <Badge tone="pending">
              <Lock aria-hidden />
              {t('detail.internalNote')}
            </Badge>
          )}
          <span className="text-sm text-soft tabular-nums">
            <TimeAgo at={at} />
          </span>
        </header>
        <Markdown text={text} hidden={hidden.join()} />
        {files.length > 0 && (
          <div className="mt-4">
            <MessageFiles files={files} api={api} />
          </div>
        )}
      </article>
    </li>
  );
}
