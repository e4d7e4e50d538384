import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { problemFrom } from '../ui/form.ts';
import { Textarea } from '../ui/Textarea.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';

interface DescriptionFormProps {
  api: AttachmentsApi;
  attachment: Attachment;
  onSaved(attachment: Attachment): void;
  onClose(): void;
}

const LONGEST = 500;

/** Changes what a file is about. Escape and Cancel leave it as it was; an empty one takes it away. */
export function DescriptionForm({ api, attachment, onSaved, onClose }: DescriptionFormProps) {
  const t = useTranslations('files');
  const common = useTranslations('common');
  const refusal = useRefusal();
  const form = useRef<HTMLFormElement>(null);
  const [text, setText] = useState(attachment.description ?? '');
  const save = useMutation({
    mutationFn: () => api.describe(attachment.id, text.trim() || null),
    onSuccess: onSaved,
  });
  const words = save.error && refusal(problemFrom(save.error));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form
      ref={form}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
      }}
      className="mt-1 flex flex-col gap-2"
    >
      <Field
        label={t('descriptionOf', { name: attachment.file_name })}
        hideLabel
        error={words ? `${words.title}. ${words.advice}` : undefined}
      >
        {(control) => (
          <Textarea
            {...control}
            // It was asked for by the button that it takes the place of.
            autoFocus
            rows={2}
            maxLength={LONGEST}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" look="primary">
          {common('save')}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {common('cancel')}
        </Button>
      </div>
    </form>
  );
}
