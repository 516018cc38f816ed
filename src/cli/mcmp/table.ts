import { type Column, columnOf, type Item, plainText, valueAt } from './columns.js';
import { colourOf, type Terminal } from './terminal.js';
import { cut, oneLine, pad, widthOf } from './width.js';

const GAP = '  ';
/** A column is not made narrower than this to fit: half an address helps nobody. */
const NARROWEST = 18;
/** So many columns are shown, however narrow the terminal is. */
const LEAST = 2;

/** Widths that fit the terminal: the widest columns give way, then the last ones are left out. */
function fit(widths: readonly number[], columns: number): number[] {
  const fitted = [...widths];
  const excess = (): number => fitted.reduce((sum, width) => sum + width, GAP.length * (fitted.length - 1)) - columns;
  while (excess() > 0) {
    const widest = Math.max(...fitted);
    if (widest > NARROWEST) fitted[fitted.lastIndexOf(widest)] = widest - 1;
    else if (fitted.length > LEAST) {
      fitted.pop();
      // What was cut for the sake of a column that is left out after all gets its room back.
      fitted.splice(0, fitted.length, ...widths.slice(0, fitted.length));
    } else break;
  }
  return fitted;
}

/** Items as lines under titles, aligned for every script; cut to the terminal where there is one. */
export function table(items: readonly Item[], columns: readonly Column[], terminal: Terminal, header: boolean): string {
  const cells = items.map((item) => columns.map((column) => column.form(valueAt(item, column.path), item)));
  const natural = columns.map(({ title }, index) => Math.max(header ? widthOf(title) : 1, ...cells.map((row) => widthOf(row[index] as string))));
  const widths = terminal.columns === undefined ? natural : fit(natural, terminal.columns);
  const left = columns.slice(widths.length).map(({ title }) => title);
  const line = (texts: readonly string[], paint: (text: string, column: Column) => string): string =>
    texts.slice(0, widths.length).map((text, index) => {
      const column = columns[index] as Column;
      const last = index === widths.length - 1 && column.side === 'left';
      const shown = cut(text, widths[index] as number);
      const padded = last ? shown : pad(shown, widths[index] as number, column.side);
      return paint(padded, column);
    }).join(GAP).trimEnd();
  const head = header ? [line(columns.map(({ title }) => title), (text) => terminal.paint('bold', text))] : [];
  return [...head, ...cells.map((row) => line(row, (text, column) => {
    const colour = column.isState ? colourOf(text.trim()) : undefined;
    return colour ? terminal.paint(colour, text) : text;
  })), ...(left.length > 0 ? [terminal.paint('dim', `(no room for ${left.join(', ')}; --columns chooses)`)] : [])].join('\n');
}

/** One thing as `name: value` lines; lists of things inside it follow as tables of their own. */
export function sheet(item: Item, terminal: Terminal, columns: Readonly<Record<string, readonly string[]>> = {}): string {
  const isList = (value: unknown): value is Item[] => Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'object' && entry !== null);
  const lists = Object.entries(item).filter((entry): entry is [string, Item[]] => isList(entry[1]));
  const plain = Object.entries(item).filter(([, value]) => !isList(value));
  const width = Math.max(0, ...plain.map(([name]) => name.length));
  const lines = plain.map(([name, value]) => {
    const text = oneLine(plainText(value));
    const colour = ['state', 'status'].includes(name) ? colourOf(text) : undefined;
    return `${terminal.paint('bold', pad(name, width))}  ${colour ? terminal.paint(colour, text) : text}`;
  });
  const tables = lists.map(([name, entries]) => `\n${terminal.paint('bold', name)}\n${table(entries, columns[name]?.map(columnOf) ?? columnsOfItems(entries), terminal, true)}`);
  return [...lines, ...tables].join('\n').trimStart();
}

/** A column for each member that some of the things have. */
const columnsOfItems = (items: readonly Item[]): Column[] => [...new Set(items.flatMap((item) => Object.keys(item)))].map(columnOf);
