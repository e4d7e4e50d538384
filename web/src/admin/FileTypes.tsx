import { useMessages, useTranslations } from 'use-intl';
import type { StorageConfig } from '../api/client.ts';
import { Checkbox } from '../ui/Checkbox.tsx';
import { ForcedNote } from './Forced.tsx';
import type { StoragePart } from './storage-part.ts';

/** Which types of files are accepted, of all that can be checked. */
export function FileTypes({ config, form }: StoragePart) {
  const t = useTranslations('admin.storage');
  const nameOf = useTypeName();
  const { id, error } = form.field('types');
  const chosen = form.values.types.split(' ').filter(Boolean);
  const turn = (type: string, on: boolean) => {
    const types = config.known_types.map(({ mime_type }) => mime_type);
    const isOn = (each: string) => (each === type ? on : chosen.includes(each));
    form.set({ types: types.filter(isOn).join(' ') });
  };
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      aria-describedby={error ? `${id}-error` : undefined}
      className="min-w-0 rounded-md"
    >
      <legend className="mb-1 font-medium">{t('types')}</legend>
      <div className="grid gap-x-6 sm:grid-cols-2">
        {config.known_types.map((type) => {
          const variable = config.forced.find(({ mime_type }) => mime_type === type.mime_type)?.variable;
          return (
            <Checkbox
              key={type.mime_type}
              label={nameOf(type)}
              hint={variable && <ForcedNote variable={variable} />}
              checked={chosen.includes(type.mime_type)}
              disabled={variable !== undefined}
              onChange={(on) => turn(type.mime_type, on)}
            />
          );
        })}
      </div>
      {error && (
        <p id={`${id}-error`} className="mt-1 text-sm text-urgent">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** "PNG image (.png)"; of a type that this app has no name for, what the server calls it. */
function useTypeName(): (type: StorageConfig['known_types'][number]) => string {
  const t = useTranslations('admin.storage');
  const { names } = useMessages().admin.storage;
  return ({ mime_type, extensions }) => {
    const [first = ''] = extensions;
    const name = isKey(names, first) ? t(`names.${first}`) : mime_type;
    return `${name} (${extensions.map((extension) => `.${extension}`).join(', ')})`;
  };
}

function isKey<Known extends object>(known: Known, key: string): key is Extract<keyof Known, string> {
  return Object.hasOwn(known, key);
}
