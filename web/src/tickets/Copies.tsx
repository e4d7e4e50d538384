import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Person, Ticket } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { PersonPicker } from './PersonPicker.tsx';
import { useTicketChange } from './use-ticket-change.ts';

/** The people in copy; agents add others, whom only they can look up. */
export function Copies({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  const { change } = useTicketChange(ticket);
  const [adding, setAdding] = useState(false);
  const { participants, can } = ticket;
  const set = (people: Person[]) =>
    change({ participants: people.map(({ id }) => id) }, t('properties.copiesChanged'));
  return (
    <div>
      <p className="font-medium">{t('properties.inCopy')}</p>
      {participants.length === 0 && <p className="text-soft">{t('properties.nobodyInCopy')}</p>}
      <ul>
        {participants.map((person) => (
          <li key={person.id} className="flex min-h-8 items-center justify-between gap-2">
            <span className="truncate text-soft">{person.name}</span>
            {can.follow_up && (
              <IconButton
                label={t('properties.removePerson', { name: person.name })}
                icon={<X />}
                onClick={() => set(participants.filter(({ id }) => id !== person.id))}
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
          set([...participants, person]);
        }}
      />
    </div>
  );
}
