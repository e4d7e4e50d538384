import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { STAGING } from '../api/attachments.ts';
import { api, type Me, type Reply, type Ticket, take } from '../api/client.ts';
import {
  SendNotice,
  UploadArea,
  useListChanges,
  useSendWhenUploaded,
  useStagedUploads,
} from '../attachments/index.ts';
import { buttonClasses } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Segmented } from '../ui/Segmented.tsx';
import { Textarea } from '../ui/Textarea.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { InsertImage, withImage } from './InsertImage.tsx';
import { useIdempotencyKey } from './idempotency-key.ts';
import { repliesQuery, TICKETS } from './queries.ts';
import { SendButton } from './SendButton.tsx';
import { keptDraft, useKeptDraft } from './text-draft.ts';

type Kind = 'reply' | 'note';
const EMPTY = { body: '' };

/** Where the conversation goes on; a closed ticket leads to a new one. */
export function Composer({ ticket, me }: { ticket: Ticket; me: Me }) {
  const t = useTranslations('tickets');
  const { can } = ticket;
  const [chosen, setChosen] = useState<Kind>('reply');
  if (!can.reply && !can.note) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-sunken p-4 text-soft">
        <p>{t('composer.closed')}</p>
        <Link to="/tickets/new" className={buttonClasses()}>
          {t('newTicket')}
        </Link>
      </div>
    );
  }
  const kind = can.reply && chosen === 'reply' ? 'reply' : 'note';
  const kinds = can.reply && can.note && (
    <Segmented<Kind>
      label={t('composer.kind')}
      value={kind}
      options={[
        { value: 'reply', label: t('composer.reply') },
        { value: 'note', label: t('composer.note'), icon: <Lock aria-hidden /> },
      ]}
      onChange={setChosen}
    />
  );
  // Each has a draft of its own: what was meant for agents never becomes a reply by a click.
  return (
    <section aria-label={t('composer.title')}>
      {kinds}
      <Writing key={kind} kind={kind} ticket={ticket} me={me} />
    </section>
  );
}

function Writing({ kind, ticket, me }: { kind: Kind; ticket: Ticket; me: Me }) {
  const t = useTranslations('tickets');
  const toast = useToast();
  const takeIn = useTakeIn(ticket);
  const internal = kind === 'note';
  const draft = `${me.id} ${kind} ${ticket.id}`;
  const { keyFor, forgetKey } = useIdempotencyKey();
  const uploads = useStagedUploads(STAGING, { draft });
  const form = useForm({
    fields: keptDraft(draft, EMPTY),
    check: ({ body }) => ({ body: !body.trim() && t('composer.enterText') }),
    submit: async () => sending.submit(),
  });
  useKeptDraft(draft, form.values, EMPTY);

  const sending = useSendWhenUploaded(uploads, async (upload_ids) => {
    const body = { body: form.values.body, internal, upload_ids };
    try {
      const reply = await take(
        api.POST('/api/v1/tickets/{ticket_id}/replies', {
          params: { path: { ticket_id: ticket.id }, header: { 'Idempotency-Key': keyFor(body) } },
          body,
        }),
      );
      forgetKey();
      uploads.clear();
      form.set(EMPTY);
      takeIn(reply);
      toast({ title: internal ? t('composer.noteAdded') : t('composer.sent') });
    } catch (error) {
      form.fail(error);
    }
  });

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

/** A new reply joins what is on screen: it and its files are known already, the ticket's state is asked again. */
function useTakeIn(ticket: Ticket): (reply: Reply) => void {
  const queries = useQueryClient();
  const files = useListChanges(ticket.id);
  return (reply) => {
    queries.setQueryData(repliesQuery(ticket.id).queryKey, (old) => {
      const last = old?.pages.at(-1);
      const isKnown = old?.pages.some(({ data }) => data.some(({ id }) => id === reply.id));
      if (!old || !last || isKnown) return old;
      const page = { ...last, data: [...last.data, reply], total: last.total + 1 };
      return { ...old, pages: [...old.pages.slice(0, -1), page] };
    });
    for (const file of reply.attachments) files.put(file);
    void queries.invalidateQueries({ queryKey: [TICKETS, ticket.id], exact: true });
    void queries.invalidateQueries({ queryKey: [TICKETS, 'list'] });
  };
}
