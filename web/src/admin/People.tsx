import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search, UserPlus, UserRoundX } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { usePageTitle } from '../app/page-title.ts';
import { Button, buttonClasses } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Field } from '../ui/Field.tsx';
import { Input } from '../ui/Input.tsx';
import { isPastEnd, useLastPage } from '../ui/last-page.ts';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { useTyped } from '../ui/typed.ts';
import { AdminWords } from './AdminWords.tsx';
import { LinkDialog, type MadeLink } from './LinkDialog.tsx';
import { NewPersonDialog } from './NewPersonDialog.tsx';
import { PersonRow } from './PersonRow.tsx';
import { PAGE_SIZE, peopleQuery } from './queries.ts';

/** Everybody with an account: found, made, given a role, let in no more. */
export function People() {
  return (
    <AdminWords>
      <PeopleScreen />
    </AdminWords>
  );
}

function PeopleScreen() {
  const t = useTranslations('admin');
  usePageTitle(t('title'));
  const { q, page: pageText } = useSearch({ from: '/desk/admin/people' });
  const page = Math.max(1, Number.parseInt(pageText ?? '1', 10) || 1);
  const navigate = useNavigate({ from: '/admin/people' });
  const [typed, setTyped] = useTyped(q, (text) => void navigate({ search: { q: text }, replace: true }));
  const people = useQuery(peopleQuery(q, page));
  useLastPage(people.data, (last) => void navigate({ search: { q, page: last }, replace: true }));
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<MadeLink>();

  return (
    <div className="mx-auto max-w-300 px-4 py-5 sm:px-6">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
        <Button look="primary" onClick={() => setAdding(true)}>
          <UserPlus aria-hidden className="size-4" />
          {t('add')}
        </Button>
      </div>
      <search className="mb-4 block max-w-96">
        <Field label={t('search')} hideLabel className="relative">
          {(control) => (
            <>
              <Search
                aria-hidden
                className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
              />
              <Input
                {...control}
                type="search"
                value={typed}
                placeholder={t('search')}
                onChange={(event) => setTyped(event.currentTarget.value)}
                className="pl-9"
              />
            </>
          )}
        </Field>
      </search>
      {people.error && !people.data ? (
        <QueryProblem error={people.error} retry={() => void people.refetch()} />
      ) : !people.data || isPastEnd(people.data) ? (
        <Skeleton className="h-80 rounded-lg" />
      ) : people.data.data.length === 0 ? (
        <EmptyState icon={<UserRoundX />}>{t('nobodyFound')}</EmptyState>
      ) : (
        <>
          <ul aria-label={t('title')} className="divide-y divide-line rounded-lg bg-surface ring-1 ring-line">
            {people.data.data.map((person) => (
              <PersonRow key={person.id} person={person} onLink={setLink} />
            ))}
          </ul>
          {people.data.total > PAGE_SIZE && (
            <nav aria-label={t('pages')} className="mt-4 flex justify-end gap-2">
              {page > 1 && (
                <Link to="/admin/people" search={{ q, page: String(page - 1) }} className={buttonClasses()}>
                  {t('previousPage')}
                </Link>
              )}
              {page * PAGE_SIZE < people.data.total && (
                <Link to="/admin/people" search={{ q, page: String(page + 1) }} className={buttonClasses()}>
                  {t('nextPage')}
                </Link>
              )}
            </nav>
          )}
        </>
      )}
      <NewPersonDialog open={adding} onOpenChange={setAdding} onMade={setLink} />
      <LinkDialog link={link} onClose={() => setLink(undefined)} />
    </div>
  );
}
