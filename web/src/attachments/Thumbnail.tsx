import { useState } from 'react';
import { classes } from '../ui/classes.ts';
import type { Attachment, AttachmentsApi } from './api.ts';
import { TypeIcon } from './TypeIcon.tsx';

interface ThumbnailProps {
  api: AttachmentsApi;
  attachment: Attachment;
  className: string;
}

/** The server's small picture of an image; the sign of its type for anything else, and while there is no picture. */
export function Thumbnail({ api, attachment, className }: ThumbnailProps) {
  const [failed, setFailed] = useState(false);
  const pictured = attachment.can.thumbnail && !failed;
  return (
    <span
      aria-hidden
      className={classes(
        'flex shrink-0 items-center justify-center overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset',
        className,
      )}
    >
      {pictured ? (
        <img
          src={api.thumbnailUrl(attachment)}
          alt=""
          loading="lazy"
          decoding="async"
          className="size-full object-cover"
          onError={() => setFailed(true)}
        />
      ) : (
        <TypeIcon type={attachment.mime_type} />
      )}
    </span>
  );
}
