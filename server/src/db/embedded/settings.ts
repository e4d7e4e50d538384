import { PORT } from './socket.ts';

export const LOG_SEGMENT_MB = 4;
export const LOG_SEGMENTS = 16;

/** What PostgreSQL is told, as `-c` arguments: for one help desk on one machine. */
export function settingsFor(
  major: number,
  socketFolder: string,
  more: Record<string, string> = {},
): string[] {
  const settings = {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: '64MB',
    fsync: 'on',
    synchronous_commit: 'on',
    // as many segments as `ensureDatabase` lays out: they are used again instead of removed and made anew
    min_wal_size: `${LOG_SEGMENTS * LOG_SEGMENT_MB}MB`,
    max_wal_size: `${LOG_SEGMENTS * LOG_SEGMENT_MB}MB`,
    // a checkpoint writes a file for replication, and a full disk turned that into a crash
    max_replication_slots: '0',
    ...(major >= 18 && { max_active_replication_origins: '0' }),
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    log_checkpoints: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // parallel workers need /dev/shm, which containers keep small
    max_parallel_workers_per_gather: '0',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
