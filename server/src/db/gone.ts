/** Its shut-down, a crash beside us, its start, and a connection that broke (PostgreSQL, Appendix A). */
const GONE = ['57P01', '57P02', '57P03', '08000', '08001', '08003', '08006', 'ECONNREFUSED'];

/** What `pg` says, without a code, of a connection that broke or that it did not get. */
const BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether an error says that the database is away, and not that it was asked for something wrong. */
export function isDatabaseGone(error: Error): boolean {
  return ('code' in error && GONE.includes(String(error.code))) || BROKEN.test(error.message);
}
