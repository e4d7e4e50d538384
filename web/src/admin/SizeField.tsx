import { useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { Field } from '../ui/Field.tsx';
import { Input } from '../ui/Input.tsx';
import { Select } from '../ui/Select.tsx';
import { Forced, forcedBy } from './Forced.tsx';
import { UNIT_NAMES, unitOf } from './size-text.ts';
import type { StoragePart } from './storage-part.ts';

/** How large one file may be, as a number and its unit. */
export function SizeField({ config, form }: StoragePart) {
  const t = useTranslations('admin.storage');
  const size = useSize();
  const variable = forcedBy(config, 'max_file_size');
  const label = t('maxFileSize');
  if (variable) {
    return (
      <Forced label={label} variable={variable}>
        {size(config.max_file_size)}
      </Forced>
    );
  }
  const most = t('maxFileSizeHint', { size: size(config.largest_file_size) });
  return (
    <Field label={label} hint={most} {...form.field('number')}>
      {(control) => (
        <span className="flex gap-2">
          <Input
            {...control}
            {...form.input('number')}
            inputMode="decimal"
            autoComplete="off"
            className="max-w-28"
          />
          <Select
            aria-label={t('unit')}
            value={unitOf(form.values.unit)}
            options={UNIT_NAMES.map((value) => ({ value, label: t(`units.${value}`) }))}
            onChange={(unit) => form.set({ unit })}
            className="w-24"
          />
        </span>
      )}
    </Field>
  );
}
