/** What every command that a script may want to read can be told. */
export const JSON_OPTION = ['--json', 'print JSON'] as const;

/** The result of a command, on standard output: the value where JSON was asked for, else the lines for people. */
export function print({ json }: { json?: true | undefined }, value: unknown, lines: () => string): void {
  console.log(json ? JSON.stringify(value, null, 2) : lines());
}

/** A JSON object that begins with a list, written item by item: there may be more of them than memory holds. */
export interface JsonList {
  item(value: unknown): void;
  /** The object's other members. */
  end(rest: Record<string, unknown>): void;
}

export function jsonList(name: string): JsonList {
  let before = `{\n  "${name}": [`;
  return {
    item(value) {
      process.stdout.write(`${before}\n    ${JSON.stringify(value)}`);
      before = ',';
    },
    end(rest) {
      const open = before === ',' ? '\n  ' : before;
      process.stdout.write(`${open}],${JSON.stringify(rest, null, 2).slice(1)}\n`);
    },
  };
}

/** Rows with their columns under each other, the last one as long as it is. */
export function columns(rows: string[][]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Help that shows how it is done. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
