import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import type { AttachmentsApi } from './api.ts';
import { policyQuery } from './policy-query.ts';

/** Where there is no scanner, this is said wherever files are sent or listed. */
export function NotScannedHere({ api }: { api: Pick<AttachmentsApi, 'policy'> }) {
  const t = useTranslations('verdicts');
  const { data: policy } = useQuery(policyQuery(api));
  if (policy?.scanning !== false) return null;
  return <p className="text-sm text-faint">{t('notScannedHere')}</p>;
}
