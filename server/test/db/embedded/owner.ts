// A process that owns an embedded PostgreSQL, for tests that kill it: `node owner.ts <data folder>`.
// It tells on standard output what becomes of it, a line of JSON each time, and stops when told by signal.
import pg from 'pg';
import { AlreadyRunning, startEmbedded } from '../../../src/db/embedded.ts';

const [, , dataDir = ''] = process.argv;
const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

try {
  const { connection, stop } = await startEmbedded({
    dataDir,
    log: console.error,
    onExit: () => process.exit(1),
  });
  process.once('SIGTERM', async () => {
    await stop();
    tell({ is: 'stopped' });
    process.exit();
  });
  process.once('SIGINT', async () => {
    const client = new pg.Client(connection);
    await new Promise((resolve) => setTimeout(resolve, 200)); // a signal that reached PostgreSQL would show
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
    tell({ is: 'answered after the signal' });
    process.exit(); // without stop: the end of the process must do
  });
  setInterval(() => {}, 60_000);
  tell({ is: 'started' });
} catch (error) {
  const pid = error instanceof AlreadyRunning ? error.pid : undefined;
  tell({ is: pid ? 'refused' : 'failed', pid, message: String(error) });
}
