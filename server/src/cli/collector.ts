import { setFlagsFromString } from 'node:v8';

/**
 * Lets the collector clear away the buffers of bytes on their way while they are young, 16 MB at a time. Node 24 waits
 * for 128 MB, and at 64 MB searches its whole heap for them: half of a download's work (nodejs/node#61967). Not by the
 * launcher's arguments: a Node that does not know the setting would not start. The newer ones need none.
 */
export function collectBuffersEarly(version = process.versions.node): void {
  if (version.startsWith('24.')) setFlagsFromString('--scavenger-max-new-space-capacity-mb=4');
}
