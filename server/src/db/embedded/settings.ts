import { PORT } from './socket.ts';

/** What PostgreSQL is told, as `-c` arguments: for one help desk on one machine. */
export function settingsFor(socketFolder: string, more: Record<string, string> = {}): string[] {
  const settings = {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: '64MB',
    fsync: 'on',
    synchronous_commit: 'on',
    // segments are kept for the next round instead of removed, so that a full disk does not stop the log
    min_wal_size: '64MB',
    max_wal_size: '128MB',
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
