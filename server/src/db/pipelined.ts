import type { CompiledQuery, InsertResult, Transaction, UpdateResult } from 'kysely';
import type { Schema } from './schema.ts';

type RowsOf<Query> =
  Query extends CompiledQuery<infer Row> ? (Row extends InsertResult | UpdateResult ? [] : Row[]) : never;
type Answers<Queries extends readonly CompiledQuery[]> = {
  -readonly [Index in keyof Queries]: RowsOf<Queries[Index]>;
};

/**
 * Sends statements one behind the other without waiting for answers in between, so that together they take one trip
 * to the database. It runs them in this order, each seeing what was committed until it begins. Resolves to the rows of
 * each; throws what the first that failed met.
 */
export async function pipelined<const Queries extends readonly CompiledQuery[]>(
  trx: Transaction<Schema>,
  queries: Queries,
): Promise<Answers<Queries>> {
  const answers = await trx.getExecutor().provideConnection((connection) =>
    // All are awaited even when one fails: the connection is free for the next statement only then.
    Promise.allSettled(queries.map((query) => connection.executeQuery(query))),
  );
  const rows = answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value.rows;
  });
  // Each query knows the type of its own rows.
  return rows as Answers<Queries>;
}
