import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { Schema } from './schema.ts';

/** Builds statements and runs none. */
const builder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Stands in a statement for a value that is known when it is run. */
class Placeholder {
  readonly name: PropertyKey;
  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A statement of the path that every upload takes, put together once: building it anew each time costs more than
 * running it. `build` gets what stands for each value.
 */
export function statement<Values, Row>(
  build: (
    db: Kysely<Schema>,
    its: <Name extends keyof Values>(name: Name) => Values[Name],
  ) => CompiledQuery<Row>,
): (values: Values) => CompiledQuery<Row> {
  // What `build` makes of a placeholder is a parameter, whatever its type.
  const its = <Name extends keyof Values>(name: Name) => new Placeholder(name) as Values[Name];
  let built: CompiledQuery<Row> | undefined;
  return (values) => {
    built ??= build(builder, its);
    const parameters = built.parameters.map((one) =>
      one instanceof Placeholder ? Reflect.get(Object(values), one.name) : one,
    );
    return { ...built, parameters };
  };
}
