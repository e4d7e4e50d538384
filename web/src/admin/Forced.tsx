import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { StorageConfig } from '../api/client.ts';

type Setting = StorageConfig['forced'][number]['setting'];

/** The variable that forces a setting as a whole. */
export function forcedBy(config: StorageConfig, setting: Setting): string | undefined {
  return config.forced.find((each) => each.setting === setting && each.mime_type === null)?.variable;
}

/** A setting that a variable decides: what it is, and why it cannot be changed here. */
export function Forced({
  label,
  variable,
  children,
}: {
  label: string;
  variable: string;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-1">
      <span className="font-medium">{label}</span>
      <span className="break-words">{children}</span>
      <ForcedNote variable={variable} />
    </div>
  );
}

export function ForcedNote({ variable }: { variable: string }) {
  const t = useTranslations('admin.storage');
  return (
    <span className="flex gap-1.5 text-sm text-soft">
      <Lock aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span className="min-w-0 break-words">{t('forced', { variable })}</span>
    </span>
  );
}
