import type { StorageConfig } from '../api/client.ts';
import type { FormOf } from '../ui/form.ts';

/** What a part of the form of storage is given. Types are in one text, separated by spaces. */
export interface StoragePart {
  config: StorageConfig;
  form: FormOf<'number' | 'unit' | 'types' | 'storage' | 'folder'>;
}
