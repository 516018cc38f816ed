import { useTranslation } from 'react-i18next';

const TAGS: Record<string, string> = { en: 'en-US', ko: 'ko-KR' };

/** Making a formatter takes a hundred times as long as using it, so each is made once. */
const made = new Map<string, unknown>();
function once<Formatter>(kind: string, tag: string, options: object, make: () => Formatter): Formatter {
  const key = `${kind} ${tag} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as Formatter;
}
const numbers = (tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => once('number', tag, options, () => new Intl.NumberFormat(tag, options));
const times = (tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => once('time', tag, options, () => new Intl.DateTimeFormat(tag, options));

/** Numbers, money and times as the language writes them. */
export function useFormat() {
  const { i18n } = useTranslation();
  const tag = TAGS[i18n.language] ?? 'en-US';
  formats[tag] ??= formatOf(tag);
  return formats[tag];
}

const formats: Record<string, ReturnType<typeof formatOf>> = {};

function formatOf(tag: string) {
  return {
    number: (value: number, digits = 0): string => numbers(tag, { maximumFractionDigits: digits }).format(value),
    /** Small prices keep four digits, so that a cent per hour is still told apart, and stand under each other. */
    money: (value: number, currency: string): string => numbers(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: value !== 0 && Math.abs(value) < 1 ? 4 : 2, maximumFractionDigits: value !== 0 && Math.abs(value) < 10 ? 4 : 2 }).format(value),
    /** Of a month, where nobody counts parts of a cent. */
    monthly: (value: number, currency: string): string => numbers(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value),
    /** Of a share from 0 to 1. */
    percent: (share: number): string => numbers(tag, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    time: (iso: string): string => times(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
    /** The time of day to the second; of another day with its date. */
    clock: (iso: string): string => {
      const at = new Date(iso);
      return times(tag, { timeStyle: 'medium', ...(at.toDateString() !== new Date().toDateString() && { dateStyle: 'short' as const }) }).format(at);
    },
    date: (iso: string): string => times(tag, { dateStyle: 'medium' }).format(new Date(iso)),
    /** A figure with its unit, as `Intl.NumberFormat` names it. */
    unit: (value: number, unit: string): string => numbers(tag, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value),
    /** e.g. "3 minutes ago". */
    ago: (iso: string, now = Date.now()): string => {
      const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
      const relative = once('relative', tag, {}, () => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
      const [unit, size] = (([['day', 86_400], ['hour', 3600], ['minute', 60]] as const).find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]) as [Intl.RelativeTimeFormatUnit, number];
      return relative.format(Math.round(seconds / size), unit);
    },
    duration: (seconds: number): string => {
      const parts = seconds < 90 ? [[Math.round(seconds), 'second']] : seconds < 5400 ? [[Math.round(seconds / 60), 'minute']] : [[Math.round(seconds / 360) / 10, 'hour']];
      return parts.map(([value, unit]) => numbers(tag, { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(value as number)).join(' ');
    },
  };
}
