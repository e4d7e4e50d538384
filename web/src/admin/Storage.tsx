import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { usePageTitle } from '../app/page-title.ts';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AdminWords } from './AdminWords.tsx';
import { StorageForm } from './StorageForm.tsx';
import { storageQuery } from './storage-query.ts';

/** Where files are kept, and which are taken. */
export function Storage() {
  return (
    <AdminWords>
      <StorageScreen />
    </AdminWords>
  );
}

function StorageScreen() {
  const t = useTranslations('admin.storage');
  usePageTitle(t('title'));
  const { data: config, error, refetch } = useQuery(storageQuery);
  return (
    <div className="mx-auto max-w-190 px-4 py-5 sm:px-6">
      <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="mt-1 mb-6 text-soft">{t('intro')}</p>
      {error ? (
        <QueryProblem error={error} retry={() => void refetch()} />
      ) : config ? (
        <StorageForm config={config} />
      ) : (
        <Skeleton className="h-120 rounded-lg" />
      )}
    </div>
  );
}
