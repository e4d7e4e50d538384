import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { useMe } from '../app/session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Select } from '../ui/Select.tsx';
import { Copies } from './Copies.tsx';
import { staffQuery } from './queries.ts';
import { useTicketChange } from './use-ticket-change.ts';

const STATUSES = ['open', 'pending', 'solved', 'closed'] as const;
const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

/** Where the ticket stands; agents change it here, and its requester may say that it is solved. */
export function Properties({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  const { change } = useTicketChange(ticket);
  const { can, status, requester, assignee } = ticket;
  return (
    <div className="flex flex-col gap-4">
      {can.edit ? (
        <Editable ticket={ticket} />
      ) : (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
          <dt className="text-soft">{t('properties.requester')}</dt>
          <dd>{requester.name}</dd>
          <dt className="text-soft">{t('properties.assignee')}</dt>
          <dd>{assignee?.name ?? t('nobody')}</dd>
        </dl>
      )}
      <Copies ticket={ticket} />
      {can.follow_up && !can.edit && (status === 'open' || status === 'pending') && (
        <Button
          className="self-start"
          onClick={() =>
            change({ status: 'solved' }, t('properties.statusIs', { status: t('status.solved') }))
          }
        >
          <CircleCheck aria-hidden className="size-4" />
          {t('properties.markSolved')}
        </Button>
      )}
    </div>
  );
}

const NOBODY = '';

function Editable({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('tickets');
  const me = useMe();
  const { change, asked } = useTicketChange(ticket);
  const { data: staff } = useQuery(staffQuery);
  const people = withCurrent(staff?.data ?? [], ticket.assignee);
  const assigneeId =
    asked.assignee_id === undefined ? (ticket.assignee?.id ?? NOBODY) : (asked.assignee_id ?? NOBODY);
  const assign = (id: string) => {
    const name = people.find((person) => person.id === id)?.name;
    change(
      { assignee_id: id === NOBODY ? null : id },
      name ? t('properties.assigneeIs', { name }) : t('properties.assigneeNobody'),
    );
  };
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-4">
      <Field label={t('properties.status')}>
        {(control) => (
          <Select
            {...control}
            value={asked.status ?? ticket.status}
            options={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
            onChange={(status) =>
              change({ status }, t('properties.statusIs', { status: t(`status.${status}`) }))
            }
          />
        )}
      </Field>
      <Field label={t('properties.priority')}>
        {(control) => (
          <Select
            {...control}
            value={asked.priority ?? ticket.priority}
            options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
            onChange={(priority) =>
              change({ priority }, t('properties.priorityIs', { priority: t(`priority.${priority}`) }))
            }
          />
        )}
      </Field>
      <div className="col-span-2">
        <Field label={t('properties.assignee')}>
          {(control) => (
            <Select
              {...control}
              value={assigneeId}
              options={[
                { value: NOBODY, label: t('nobody') },
                ...people.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onChange={assign}
            />
          )}
        </Field>
        {assigneeId !== me.id && people.some(({ id }) => id === me.id) && (
          <button
            type="button"
            className="mt-1 min-h-6 rounded-sm text-sm font-medium text-accent underline"
            onClick={() => assign(me.id)}
          >
            {t('properties.takeIt')}
          </button>
        )}
      </div>
      <p className="col-span-2">
        <span className="block font-medium">{t('properties.requester')}</span>
        <span className="text-soft">{ticket.requester.name}</span>
      </p>
    </div>
  );
}

/** Whoever has the ticket is among the choices, even if nobody could give it to them any more. */
function withCurrent(staff: { id: string; name: string }[], assignee: Ticket['assignee']) {
  return assignee && !staff.some(({ id }) => id === assignee.id) ? [...staff, assignee] : staff;
}
