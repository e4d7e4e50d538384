import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';
import type { Session } from './session.ts';

/**
 * The rows of a query (in parentheses) or a table, in PostgreSQL's text format: a line each, of columns between tabs. Not
 * taken to their end, they end the session: in the middle of its rows a connection answers nothing else.
 */
export function copyOut({ client }: Session, what: string): Readable {
  const rows = client.query(to(`COPY ${what} TO STDOUT`));
  rows.once('close', () => {
    if (!rows.readableEnded) void client.end();
  });
  return rows;
}

/** Takes such lines into a table; it finishes when they are there. */
export function copyIn({ client }: Session, table: string, columns: string[]): Writable {
  return client.query(from(`COPY ${partOf(table, columns)} FROM STDIN`));
}

/** A table and its columns, as COPY has them. */
export function partOf(table: string, columns: string[]): string {
  const name = pg.escapeIdentifier;
  return `${name(table)} (${columns.map((column) => name(column)).join(', ')})`;
}
