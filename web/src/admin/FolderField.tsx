import { useTranslations } from 'use-intl';
import { Field } from '../ui/Field.tsx';
import { Input } from '../ui/Input.tsx';
import { Forced, forcedBy } from './Forced.tsx';
import type { StoragePart } from './storage-part.ts';

/** The folder of the files on the disk, which is taken up at the next start. */
export function FolderField({ config, form }: StoragePart) {
  const t = useTranslations('admin.storage');
  const variable = forcedBy(config, 'base_path');
  const label = t('folder');
  if (variable) {
    return (
      <Forced label={label} variable={variable}>
        <code className="text-sm">{config.base_path}</code>
      </Forced>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <Field label={label} hint={t('folderHint')} {...form.field('folder')}>
        {(control) => <Input {...control} {...form.input('folder')} autoComplete="off" spellCheck={false} />}
      </Field>
      {config.takes_effect === 'restart' && (
        <p className="rounded-md bg-pending-tint p-3 break-words">
          {t('folderWaits', { folder: config.base_path_in_use })}
        </p>
      )}
    </div>
  );
}
