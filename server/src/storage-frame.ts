import { join } from 'node:path';
import { type Frame, SEVEN_ZIP, USUAL_TYPES } from './attachments/index.ts';
import { LARGEST_COPY } from './config/storage.ts';
import { type Setting, VARIABLES } from './config/variables.ts';
import type { Config } from './config.ts';

/** What the configuration says of the settings that an admin may change, and what of them it forces. */
export function storageFrame(config: Config): Frame {
  const { dataDir, storage, s3, maxFileSize, maxTotalSizePerTicket, allow7z, set } = config;
  const by = (setting: Setting) => (set.has(setting) ? VARIABLES[setting].name : '');
  return {
    configured: {
      storageType: storage,
      basePath: join(dataDir, 'storage'),
      maxFileSize,
      types: allow7z ? [...USUAL_TYPES, SEVEN_ZIP] : USUAL_TYPES,
    },
    forcedBy: {
      storageType: by('storage'),
      basePath: by('dataDir'),
      maxFileSize: by('maxFileSize'),
      sevenZip: by('allow7z'),
    },
    storageTypes: s3 ? ['disk', 's3'] : ['disk'],
    largest: (type) =>
      type === 's3' ? Math.min(maxTotalSizePerTicket, LARGEST_COPY) : maxTotalSizePerTicket,
  };
}
