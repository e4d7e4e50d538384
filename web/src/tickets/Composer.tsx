import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Me, Ticket } from '../api/client.ts';
import { buttonClasses } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { Textarea } from '../ui/Textarea.tsx';
import { type Kind, keptText, Writing } from './Writing.tsx';

/** Where the conversation goes on; a closed ticket leads to a new one. */
export function Composer({ ticket, me }: { ticket: Ticket; me: Me }) {
  const t = useTranslations('tickets');
  const { can } = ticket;
  const [chosen, setChosen] = useState<Kind>('reply');
  const [busy, setBusy] = useState(false);
  if (!can.reply && !can.note) return <Closed unsent={keptText('reply', ticket, me)} />;
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
      // The one that waits for its files would be called off by the other.
      disabled={busy}
    />
  );
  // Each has a draft of its own: what was meant for agents never becomes a reply by a click.
  return (
    <section aria-label={t('composer.title')}>
      {kinds}
      <Writing key={kind} kind={kind} ticket={ticket} me={me} onBusy={setBusy} />
    </section>
  );
}

/** `unsent`: what was being written when somebody else closed the ticket. */
function Closed({ unsent }: { unsent: string }) {
  const t = useTranslations('tickets');
  return (
    <div className="flex flex-col gap-4 rounded-lg bg-sunken p-4 text-soft">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>{t('composer.closed')}</p>
        <Link to="/tickets/new" className={buttonClasses()}>
          {t('newTicket')}
        </Link>
      </div>
      {unsent && (
        <Field label={t('composer.unsent')}>
          {(control) => <Textarea {...control} value={unsent} readOnly rows={4} />}
        </Field>
      )}
    </div>
  );
}
