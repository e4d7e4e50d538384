import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { STAGING } from '../api/attachments.ts';
import { api, type TicketPriority, take } from '../api/client.ts';
import { usePageTitle } from '../app/page-title.ts';
import { useMe } from '../app/session.ts';
import { SendNotice, UploadArea, useSendWhenUploaded, useStagedUploads } from '../attachments/index.ts';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { Select } from '../ui/Select.tsx';
import { Textarea } from '../ui/Textarea.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { InsertImage, withImage } from './InsertImage.tsx';
import { useIdempotencyKey } from './idempotency-key.ts';
import { TICKETS, ticketQuery } from './queries.ts';
import { SendButton } from './SendButton.tsx';
import { forgetSent, keptDraft, useKeptDraft } from './text-draft.ts';
import { useToldFailure } from './told-failure.ts';

const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
const EMPTY = { subject: '', description: '', priority: 'normal' };

/** A new ticket, with its files uploading while it is written; what is typed and chosen outlives a reload. */
export function TicketForm() {
  const t = useTranslations('tickets');
  usePageTitle(t('newTicket'));
  const me = useMe();
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const draft = `${me.id} new-ticket`;
  const { keyFor, forgetKey } = useIdempotencyKey(draft);
  const uploads = useStagedUploads(STAGING, { draft });

  const form = useForm({
    fields: keptDraft(draft, EMPTY),
    check: ({ subject, description }) => ({
      subject: !subject.trim() && t('form.enterSubject'),
      description: !description.trim() && t('form.enterDescription'),
    }),
    submit: async () => sending.submit(),
  });
  useKeptDraft(draft, form.values, EMPTY);
  const tellFailure = useToldFailure(form.fail, t('form.notCreated'));

  const sending = useSendWhenUploaded(uploads, async (upload_ids) => {
    const sent = form.values;
    const { subject, description, priority } = sent;
    const body = { subject: subject.trim(), description, priority: priorityOf(priority), upload_ids };
    try {
      const ticket = await take(
        api.POST('/api/v1/tickets', { params: { header: { 'Idempotency-Key': keyFor(body) } }, body }),
      );
      forgetKey();
      forgetSent(draft, sent);
      form.renew(sent, EMPTY);
      queries.setQueryData(ticketQuery(ticket.id).queryKey, ticket);
      void queries.invalidateQueries({ queryKey: [TICKETS, 'list'] });
      toast({ title: t('form.created', { number: ticket.number }) });
      // Not for somebody who is on the way elsewhere.
      if (router.latestLocation.pathname === '/tickets/new')
        void router.navigate({ to: '/tickets/$ticketId', params: { ticketId: ticket.id } });
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    }
  });

  return (
    <form {...form.props} className="mx-auto flex max-w-190 flex-col gap-5 px-4 py-5 sm:px-6">
      <h1 className="text-xl font-semibold tracking-tight">{t('newTicket')}</h1>
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field label={t('form.subject')} {...form.field('subject')}>
        {(control) => (
          <Input
            {...control}
            {...form.input('subject')}
            maxLength={255}
            autoComplete="off"
            className="text-prose"
          />
        )}
      </Field>
      <Field label={t('form.description')} hint={t('form.descriptionHint')} {...form.field('description')}>
        {(control) => <Textarea {...control} {...form.input('description')} rows={8} maxLength={65_536} />}
      </Field>
      <Field label={t('columns.priority')} className="w-44">
        {(control) => (
          <Select
            {...control}
            value={priorityOf(form.values.priority)}
            options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
            onChange={(priority) => form.set({ priority })}
          />
        )}
      </Field>
      <UploadArea
        uploads={uploads}
        pageTarget={t('form.filesTarget')}
        rowAction={(queued) => (
          <InsertImage
            queued={queued}
            text={form.values.description}
            onInsert={(image) => form.set({ description: withImage(form.values.description, image) })}
          />
        )}
      />
      <SendNotice heldBy={sending.heldBy} />
      <div className="flex flex-wrap items-center justify-end gap-3 border-t border-line pt-4">
        <SendButton
          sending={sending}
          label={t('form.create')}
          waiting={(count) => t('form.createsWhen', { count })}
        />
      </div>
    </form>
  );
}

function priorityOf(text: string): TicketPriority {
  return PRIORITIES.find((priority) => priority === text) ?? 'normal';
}
