import { useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'use-intl';
import { api, type StorageConfig, take } from '../api/client.ts';
import { useSize } from '../messages/size.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { useForm } from '../ui/form.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { FileTypes } from './FileTypes.tsx';
import { FolderField } from './FolderField.tsx';
import { SizeField } from './SizeField.tsx';
import { StorageType } from './StorageType.tsx';
import { bytesOf, sizeText, unitOf } from './size-text.ts';
import { storageQuery } from './storage-query.ts';

/** Asked for again wherever files are chosen; the key is that of web/src/attachments. */
const POLICY = ['attachments', 'policy'];

/** All settings of storage, saved together. */
export function StorageForm({ config }: { config: StorageConfig }) {
  const t = useTranslations('admin.storage');
  const common = useTranslations('common');
  const size = useSize();
  const queries = useQueryClient();
  const toast = useToast();
  const decimal = new Intl.NumberFormat(useLocale()).format(0.5).charAt(1);
  const isForced = (setting: string) => config.forced.some((each) => each.setting === setting);

  const form = useForm({
    fields: {
      ...sizeText(config.max_file_size, decimal),
      types: config.allowed_mime_types.join(' '),
      storage: config.storage_type,
      folder: config.base_path,
    },
    check: ({ number, unit, types, folder }) => {
      const bytes = bytesOf(number, unitOf(unit));
      const largest = config.largest_file_size;
      return {
        number:
          !isForced('max_file_size') &&
          (bytes === undefined
            ? t('enterSize')
            : bytes > largest && t('sizeTooLarge', { size: size(largest) })),
        types: types === '' && t('chooseType'),
        folder: !folder.trim() && t('enterFolder'),
      };
    },
    submit: async ({ number, unit, types, storage, folder }) => {
      const body = {
        version: config.version,
        storage_type: storage,
        base_path: folder.trim(),
        max_file_size: isForced('max_file_size')
          ? config.max_file_size
          : (bytesOf(number, unitOf(unit)) ?? config.max_file_size),
        allowed_mime_types: types.split(' '),
      };
      const saved = await take(api.PUT('/api/v1/admin/storage-config', { body }));
      queries.setQueryData(storageQuery.queryKey, saved);
      void queries.invalidateQueries({ queryKey: POLICY });
      form.set({ folder: saved.base_path });
      toast({ title: t('saved') });
    },
  });

  return (
    <form {...form.props} className="flex flex-col gap-6">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Card title={t('accepted')} intro={t('acceptedIntro')}>
        <div className="flex flex-col gap-6">
          <SizeField config={config} form={form} />
          <FileTypes config={config} form={form} />
        </div>
      </Card>
      <Card title={t('kept')} intro={t('keptIntro')}>
        <div className="flex flex-col gap-6">
          <StorageType config={config} form={form} />
          <FolderField config={config} form={form} />
        </div>
      </Card>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" look="primary" aria-busy={form.busy}>
          {common('save')}
        </Button>
        {config.changed_at && (
          <p className="text-sm text-soft">
            {t('changedBy', { name: config.changed_by?.name ?? '' })}{' '}
            <TimeAgo at={config.changed_at} style="long" />
          </p>
        )}
      </div>
    </form>
  );
}
