import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { useRowFocus } from '../attachments/index.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { PersonPicker } from './PersonPicker.tsx';
import { useTicketChange } from './use-ticket-change.ts';

/** The people in copy; agents add others, whom only they can look up. */
export function Copies({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  const { change, asked } = useTicketChange(ticket);
  const [adding, setAdding] = useState(false);
  const heading = useRef<HTMLParagraphElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const { can } = ticket;
  // What was asked for last counts: the next change must not take it back.
  const ids = asked.participants ?? ticket.participants.map(({ id }) => id);
  const participants = ticket.participants.filter(({ id }) => ids.includes(id));
  useRowFocus(
    list,
    participants.map(({ id }) => id),
    heading,
  );
  const set = (people: string[]) => change({ participants: people }, t('properties.copiesChanged'));
  return (
    <div>
      <p ref={heading} tabIndex={-1} className="rounded-sm font-medium">
        {t('properties.inCopy')}
      </p>
      {participants.length === 0 && <p className="text-soft">{t('properties.nobodyInCopy')}</p>}
      <ul ref={list}>
        {participants.map((person) => (
          <li
            key={person.id}
            data-file={person.id}
            className="flex min-h-8 items-center justify-between gap-2"
          >
            <span className="truncate text-soft">{person.name}</span>
            {can.follow_up && (
              <IconButton
                data-row-focus
                label={t('properties.removePerson', { name: person.name })}
                icon={<X />}
                onClick={() => set(ids.filter((id) => id !== person.id))}
              />
            )}
          </li>
        ))}
      </ul>
      {can.edit && (
        <Button look="quiet" className="mt-1 -ml-2 px-2" onClick={() => setAdding(true)}>
          <Plus aria-hidden className="size-4" />
          {t('properties.addPerson')}
        </Button>
      )}
      <PersonPicker
        open={adding}
        onOpenChange={setAdding}
        without={[ticket.requester, ...participants]}
        onPick={(person) => {
          setAdding(false);
          set([...ids, person.id]);
        }}
      />
    </div>
  );
}
