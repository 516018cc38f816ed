import { chooseColumns, columnOf, type Item, valueAt } from './columns.js';
import { wrongUsage } from './failure.js';
import { didYouMean } from './suggest.js';
import { sheet, table } from './table.js';
import type { Terminal } from './terminal.js';

/** What the flags say of output. */
export interface OutputChoice { format: string; columns: string[]; header: boolean; quiet: boolean }

/** Formats of results. */
export const FORMATS = ['table', 'json', 'yaml', 'csv', 'name'];

/** Writes results as the person wants them: for reading, or for a program. */
export class Output {
  constructor(private readonly terminal: Terminal, private readonly choice: OutputChoice) {}

  /** Whether a person reads it, so that sentences may stand beside the result. */
  get forPeople(): boolean {
    return this.choice.format === 'table';
  }

  /** A list. `columns` are those of the table where nobody chose others; `more` says that there is more than was asked for. */
  async list(items: readonly Item[], columns: readonly string[], { empty = 'There are none.', more = false }: { empty?: string; more?: boolean } = {}): Promise<void> {
    const { format } = this.choice;
    if (format === 'json' || format === 'yaml') return this.data(items);
    if (format === 'name') return this.terminal.result(items.map(nameOf).join('\n'));
    const known = columns.map(columnOf);
    const chosen = this.choice.columns.length === 0 ? { columns: known, unknown: [] } : chooseColumns(this.choice.columns, known, items);
    const [unknown] = chosen.unknown;
    if (unknown !== undefined) throw wrongUsage(`there is no column "${unknown}"${didYouMean(unknown, [...Object.keys(items[0] ?? {}), ...known.map(({ title }) => title)])}`, `There are ${Object.keys(items[0] ?? {}).join(', ')}.`);
    if (format === 'csv') return this.terminal.result(csv(items, chosen.columns.map(({ path }) => path), this.choice.header));
    if (items.length === 0) return this.terminal.note(empty);
    this.terminal.result(table(items, chosen.columns, this.terminal, this.choice.header));
    if (more) this.terminal.note(`There is more than these ${items.length}; --limit says how many are shown.`);
  }

  /** One thing. */
  async thing(item: Item, columns?: readonly string[], tables?: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const { format } = this.choice;
    if (format === 'json' || format === 'yaml') return this.data(item);
    if (format === 'name') return this.terminal.result(nameOf(item));
    if (format === 'csv' || this.choice.columns.length > 0) return this.list([item], columns ?? Object.keys(item));
    this.terminal.result(sheet(item, this.terminal, tables));
  }

  /** A sentence of success, where a person reads. */
  done(text: string): void {
    if (this.forPeople && !this.choice.quiet) this.terminal.result(text);
  }

  private async data(value: unknown): Promise<void> {
    if (this.choice.format === 'json') return this.terminal.result(JSON.stringify(value, null, 2));
    const { stringify } = await import('yaml');
    this.terminal.result(stringify(value, { aliasDuplicateObjects: false }));
  }
}

/** What one would type to name it again. */
export const nameOf = (item: Item): string => String(item.name ?? item.username ?? item.version ?? item.keyId ?? item.id ?? '');

/** RFC 4180, with the paths of the members as titles and plain values in the cells. */
function csv(items: readonly Item[], paths: readonly string[], header: boolean): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = items.map((item) => paths.map((path) => cell(valueAt(item, path))).join(','));
  return [...(header ? [paths.map(cell).join(',')] : []), ...rows].join('\n');
}
