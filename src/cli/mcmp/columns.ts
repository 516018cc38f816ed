import { oneLine } from './width.js';

/** An item of a list, or a thing that is shown. */
export type Item = Record<string, unknown>;

/** How a value is written for a person. */
type Form = (value: unknown, item: Item) => string;

/** A column: its title, where its value stands in an item, and how a person reads it. */
export interface Column { title: string; path: string; form: Form; side: 'left' | 'right'; isState: boolean }

const money = (perHour: unknown, currency: unknown): string => (typeof perHour === 'number' ? `${Number(perHour.toPrecision(6))} ${String(currency ?? '')}`.trim() : '-');

/** `3d`, `5h`: how long ago. */
export function age(value: unknown, now = Date.now()): string {
  if (typeof value !== 'string') return '-';
  const seconds = Math.max(0, (now - Date.parse(value)) / 1000);
  if (Number.isNaN(seconds)) return value;
  const [figure, unit] = seconds < 120 ? [seconds, 's'] : seconds < 7200 ? [seconds / 60, 'm'] : seconds < 172_800 ? [seconds / 3600, 'h'] : [seconds / 86_400, 'd'];
  return `${Math.floor(figure as number)}${unit}`;
}

const FORMS: Record<string, Form> = {
  age: (value) => age(value),
  money: (value, item) => money(value, item.currency),
  price: (value) => (value === null || value === undefined ? '-' : `${money((value as Item).perHour, (value as Item).currency)}${(value as Item).simulated ? '*' : ''}`),
  prices: (value) => (Array.isArray(value) && value.length > 0 ? value.map((entry: Item) => money(entry.perHour, entry.currency)).join(' + ') : '-'),
  counts: (value) => Object.entries((value ?? {}) as Record<string, number>).map(([state, figure]) => `${state} ${figure}`).join(', ') || '-',
  gib: (value) => (typeof value === 'number' ? `${Number((value / 1024).toFixed(2))} GiB` : '-'),
  days: (value) => (typeof value === 'number' ? `${value}d` : '-'),
  all: (value) => (Array.isArray(value) && value.length > 0 ? plainText(value) : 'all'),
  many: (value) => (Array.isArray(value) ? String(value.length) : '-'),
  ids: (value) => (Array.isArray(value) ? value.map((entry) => String((entry as Item).id ?? entry)).join(',') || '-' : '-'),
  versions: (value) => (Array.isArray(value) ? value.map((entry) => (typeof entry === 'object' ? String((entry as Item).version) : String(entry))).join(',') || '-' : '-'),
  title: (value) => String((value as { en?: string } | null)?.en ?? '-'),
  progress: (value) => { const { done = 0, failed = 0, total = 0 } = (value ?? {}) as { done?: number; failed?: number; total?: number }; return `${done}/${total}${failed > 0 ? ` (${failed} failed)` : ''}`; },
  zones: (value) => (Array.isArray(value) ? value.map((entry) => String((entry as Item).id ?? entry)).join(',') || '-' : '-'),
  figure: (value) => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : '-'),
  used: (value) => (Array.isArray(value) ? value.map((entry: Item) => `${String(entry.workspace ?? entry.server ?? entry.workspaceId ?? 'another')} ${String(entry.calls)}`).join(', ') || '-' : '-'),
  proofs: (value) => (Array.isArray(value) ? value.map((entry: Item) => `${String(entry.proof)} ${Number(entry.failed) > 0 ? `${String(entry.failed)} failed` : `${String(entry.passed)} of ${Number(entry.passed) + Number(entry.skipped)}`} (${String(entry.origin)})`).join(', ') || '-' : '-'),
};
const RIGHT = ['money', 'price', 'prices', 'gib', 'days', 'many', 'figure'];
const STATES = ['state', 'status'];

/** A value as one line of text. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map((entry) => (typeof entry === 'object' ? JSON.stringify(entry) : String(entry))).join(',');
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0 ? '-' : entries.every(([, member]) => typeof member !== 'object') ? entries.map(([name, member]) => `${name}=${String(member)}`).join(',') : JSON.stringify(value);
  }
  return String(value);
}

/** The member of an item at `a.b`; undefined where there is none. */
export const valueAt = (item: Item, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Item)[name] : undefined), item);

const heading = (path: string): string => (path.split('.').at(-1) as string).replace(/([a-z0-9])([A-Z])/g, '$1 $2').toUpperCase();

/** Reads `TITLE:path|form`; title and form may be left out. */
export function columnOf(text: string): Column {
  const [, title, path = text, form] = /^(?:([^:|]+):)?([^|]+)(?:\|(\w+))?$/.exec(text) ?? [];
  const show = form === undefined ? undefined : FORMS[form];
  return { title: title ?? heading(path), path, form: (value, item) => oneLine(show ? show(value, item) : plainText(value)), side: form !== undefined && RIGHT.includes(form) ? 'right' : 'left', isState: STATES.includes(path) };
}

/** The columns that somebody asked for, by title or path. @returns the names that are neither */
export function chooseColumns(wanted: readonly string[], known: readonly Column[], items: readonly Item[]): { columns: Column[]; unknown: string[] } {
  const unknown: string[] = [];
  const columns = wanted.map((name) => {
    const column = known.find(({ title, path }) => title.toLowerCase() === name.toLowerCase() || path === name);
    const numeric = items.some((item) => typeof valueAt(item, name) === 'number');
    if (!column && items.length > 0 && !items.some((item) => valueAt(item, name) !== undefined)) unknown.push(name);
    return column ?? { ...columnOf(name), side: numeric ? 'right' as const : 'left' as const };
  });
  return { columns, unknown };
}
