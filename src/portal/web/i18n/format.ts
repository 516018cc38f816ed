import { useTranslation } from 'react-i18next';

const TAGS: Record<string, string> = { en: 'en-US', ko: 'ko-KR' };

/** Numbers, money and times as the language writes them. */
export function useFormat() {
  const { i18n } = useTranslation();
  const tag = TAGS[i18n.language] ?? 'en-US';
  return {
    number: (value: number, digits = 0): string => new Intl.NumberFormat(tag, { maximumFractionDigits: digits }).format(value),
    /** Small prices keep four digits, so that a cent per hour is still told apart. */
    money: (value: number, currency: string): string => new Intl.NumberFormat(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: 2, maximumFractionDigits: value !== 0 && Math.abs(value) < 10 ? 4 : 2 }).format(value),
    time: (iso: string): string => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
    /** The time of day to the second; of another day with its date. */
    clock: (iso: string): string => {
      const at = new Date(iso);
      return new Intl.DateTimeFormat(tag, { timeStyle: 'medium', ...(at.toDateString() !== new Date().toDateString() && { dateStyle: 'short' as const }) }).format(at);
    },
    date: (iso: string): string => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' }).format(new Date(iso)),
    /** A figure with its unit, as `Intl.NumberFormat` names it. */
    unit: (value: number, unit: string): string => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value),
    /** e.g. "3 minutes ago". */
    ago: (iso: string, now = Date.now()): string => {
      const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
      const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
      const [unit, size] = (([['day', 86_400], ['hour', 3600], ['minute', 60]] as const).find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]) as [Intl.RelativeTimeFormatUnit, number];
      return relative.format(Math.round(seconds / size), unit);
    },
    duration: (seconds: number): string => {
      const parts = seconds < 90 ? [[Math.round(seconds), 'second']] : seconds < 5400 ? [[Math.round(seconds / 60), 'minute']] : [[Math.round(seconds / 360) / 10, 'hour']];
      return parts.map(([value, unit]) => new Intl.NumberFormat(tag, { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(value as number)).join(' ');
    },
  };
}
