import { useQueryClient } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { type MouseEvent, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { api, type Ticket, take } from '../api/client.ts';
import type { Act } from '../legal-hold/HoldDialog.tsx';
import { HoldWords } from '../legal-hold/HoldWords.tsx';
import { useHolding } from '../legal-hold/use-holding.tsx';
import { Button } from '../ui/Button.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { ticketQuery } from './queries.ts';

/** For the desk: who keeps the ticket's files from being purged, and why. An admin decides it here. */
export default function TicketHold({ ticket }: { ticket: Ticket }) {
  return (
    <HoldWords>
      <Hold ticket={ticket} />
    </HoldWords>
  );
}

function Hold({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('holds');
  const place = useRef<HTMLDivElement>(null);
  const pressed = useRef<HTMLButtonElement>(null);
  const holding = useHolding({
    kind: 'ticket',
    name: t('ticket.name', { number: ticket.number }),
    reason: ticket.legal_hold?.reason ?? null,
    ...useHolds(ticket.id),
    focusAfter: () =>
      pressed.current?.isConnected ? pressed.current : (place.current?.querySelector('button') ?? null),
  });
  const asking = (act: Act) => (event: MouseEvent<HTMLButtonElement>) => {
    pressed.current = event.currentTarget;
    holding.ask(act);
  };
  const { legal_hold: hold, can } = ticket;
  return (
    <div ref={place}>
      {hold ? (
        <section
          aria-label={t('ticket.held')}
          className="rounded-lg bg-surface p-3 ring-1 ring-line min-[1100px]:p-3.5"
        >
          <h2 className="flex items-center gap-2 font-semibold">
            <Scale aria-hidden className="size-4 shrink-0 text-soft" />
            {t('ticket.held')}
          </h2>
          <p className="mt-1.5 break-words whitespace-pre-wrap">{hold.reason}</p>
          <p className="mt-1.5 text-sm text-soft">
            <bdi>{hold.by.name}</bdi> · <TimeAgo at={hold.at} style="long" />
          </p>
          <p className="mt-1.5 text-sm text-soft">{t('ticket.keeps')}</p>
          {can.hold && (
            <div className="mt-3 flex flex-wrap gap-2">
              <Button onClick={asking('change')}>{t('change')}</Button>
              <Button onClick={asking('lift')}>{t('lift')}</Button>
            </div>
          )}
        </section>
      ) : (
        can.hold && (
          <Button look="quiet" className="-ml-2 px-2" onClick={asking('put')}>
            <Scale aria-hidden className="size-4" />
            {t('put')}
          </Button>
        )
      )}
      {holding.dialog}
    </div>
  );
}

function useHolds(ticket_id: string) {
  const queries = useQueryClient();
  const show = (ticket: Ticket) => void queries.setQueryData(ticketQuery(ticket_id).queryKey, ticket);
  const params = { path: { ticket_id } };
  return {
    hold: async (reason: string) =>
      show(await take(api.PUT('/api/v1/tickets/{ticket_id}/legal-hold', { params, body: { reason } }))),
    lift: async (reason: string) =>
      show(await take(api.DELETE('/api/v1/tickets/{ticket_id}/legal-hold', { params, body: { reason } }))),
  };
}
