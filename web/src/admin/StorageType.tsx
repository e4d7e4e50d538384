import { useTranslations } from 'use-intl';
import { Segmented } from '../ui/Segmented.tsx';
import { Forced, forcedBy } from './Forced.tsx';
import type { StoragePart } from './storage-part.ts';

/** Which of the stores takes new files, where there is a choice. */
export function StorageType({ config, form }: StoragePart) {
  const t = useTranslations('admin.storage');
  const nameOf = (type: string) => (type === 'disk' || type === 's3' ? t(`stores.${type}`) : type);
  const variable = forcedBy(config, 'storage_type');
  const label = t('storageType');
  if (variable) {
    return (
      <Forced label={label} variable={variable}>
        {nameOf(config.storage_type)}
      </Forced>
    );
  }
  if (config.storage_types.length < 2) {
    return (
      <div className="flex flex-col gap-1">
        <span className="font-medium">{label}</span>
        <span>{nameOf(config.storage_type)}</span>
        <span className="text-sm text-soft">{t('noOtherStore')}</span>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-start gap-1.5">
      <span className="font-medium">{label}</span>
      <Segmented
        label={label}
        value={form.values.storage}
        options={config.storage_types.map((value) => ({ value, label: nameOf(value) }))}
        onChange={(storage) => form.set({ storage })}
      />
      <span className="text-sm text-soft">{t('storageTypeHint')}</span>
    </div>
  );
}
