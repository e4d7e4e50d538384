import { type KeyboardEvent, useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { STAGING } from '../api/attachments.ts';
import { api, type Me, type Ticket, take } from '../api/client.ts';
import { SendNotice, UploadArea, useSendWhenUploaded, useStagedUploads } from '../attachments/index.ts';
import { classes } from '../ui/classes.ts';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Textarea } from '../ui/Textarea.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { InsertImage, withImage } from './InsertImage.tsx';
import { useIdempotencyKey } from './idempotency-key.ts';
import { SendButton } from './SendButton.tsx';
import { useTakeIn } from './take-in.ts';
import { forgetSent, keptDraft, useKeptDraft } from './text-draft.ts';
import { useToldFailure } from './told-failure.ts';

export type Kind = 'reply' | 'note';
const EMPTY = { body: '' };

const draftOf = (kind: Kind, ticket: Ticket, me: Me) => `${me.id} ${kind} ${ticket.id}`;

/** What was typed and not sent. */
export function keptText(kind: Kind, ticket: Ticket, me: Me): string {
  return keptDraft(draftOf(kind, ticket, me), EMPTY).body;
}

interface WritingProps {
  kind: Kind;
  ticket: Ticket;
  me: Me;
  /** Hears whether it has something to send that is not sent yet. */
  onBusy(busy: boolean): void;
}

/** A reply or an internal note, with its files; what is typed and chosen outlives a reload. */
export function Writing({ kind, ticket, me, onBusy }: WritingProps) {
  const t = useTranslations('tickets');
  const toast = useToast();
  const takeIn = useTakeIn(ticket);
  const internal = kind === 'note';
  const draft = draftOf(kind, ticket, me);
  const { keyFor, forgetKey } = useIdempotencyKey(draft);
  const uploads = useStagedUploads(STAGING, { draft });
  const form = useForm({
    fields: keptDraft(draft, EMPTY),
    check: ({ body }) => ({ body: !body.trim() && t('composer.enterText') }),
    submit: async () => sending.submit(),
  });
  useKeptDraft(draft, form.values, EMPTY);
  const notSent = internal ? 'composer.noteNotAdded' : 'composer.notSent';
  const tellFailure = useToldFailure(form.fail, t(notSent, { number: ticket.number }));

  const sending = useSendWhenUploaded(uploads, async (upload_ids) => {
    const sent = form.values;
    const body = { ...sent, internal, upload_ids };
    try {
      const reply = await take(
        api.POST('/api/v1/tickets/{ticket_id}/replies', {
          params: { path: { ticket_id: ticket.id }, header: { 'Idempotency-Key': keyFor(body) } },
          body,
        }),
      );
      forgetKey();
      forgetSent(draft, sent);
      form.renew(sent, EMPTY);
      takeIn(reply);
      toast({ title: internal ? t('composer.noteAdded') : t('composer.sent') });
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    }
  });
  const busy = sending.phase !== 'idle';
  useEffect(() => {
    onBusy(busy);
    return () => onBusy(false);
  }, [busy, onBusy]);

  const sendByKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  return (
    <form
      {...form.props}
      onKeyDown={sendByKey}
      className={classes(
        'mt-3 flex flex-col gap-4 rounded-lg p-4 ring-1 sm:p-5',
        internal ? 'bg-note ring-note-line' : 'bg-surface ring-line',
      )}
    >
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field
        label={internal ? t('composer.noteLabel') : t('composer.replyLabel')}
        hint={internal ? t('composer.noteHint') : ticket.status === 'solved' && t('composer.solved')}
        {...form.field('body')}
      >
        {(control) => <Textarea {...control} {...form.input('body')} rows={4} maxLength={65_536} />}
      </Field>
      {ticket.can.attach && (
        <UploadArea
          uploads={uploads}
          pageTarget={internal ? t('composer.noteTarget') : t('composer.replyTarget')}
          rowAction={(queued) => (
            <InsertImage
              queued={queued}
              text={form.values.body}
              onInsert={(image) => form.set({ body: withImage(form.values.body, image) })}
            />
          )}
        />
      )}
      <SendNotice heldBy={sending.heldBy} />
      <div className="flex flex-wrap items-center justify-end gap-3">
        <span className="text-sm text-faint max-sm:hidden">{t('composer.hint')}</span>
        <SendButton
          sending={sending}
          label={internal ? t('composer.addNote') : t('composer.sendReply')}
          waiting={(count) => t('composer.sendsWhen', { count })}
        />
      </div>
    </form>
  );
}
