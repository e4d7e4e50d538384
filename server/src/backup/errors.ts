/** It was understood, but not as things are: nothing has been changed. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

/** A backup, or a copy, is not what it should be. */
export class BackupBroken extends Error {
  override readonly name = 'BackupBroken';
}
