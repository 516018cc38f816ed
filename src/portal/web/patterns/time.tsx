import { useEffect, useState } from 'react';
import { useFormat } from '../i18n/format';

/** The time now, told again each `everyMs` while `on`. */
export function useNow(everyMs: number, on = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, on]);
  return now;
}

/** How long ago something was, kept true; the exact time is its title. */
export function Ago({ at }: { at: string }) {
  const format = useFormat();
  const now = useNow(15_000);
  return <time dateTime={at} title={format.time(at)}>{format.ago(at, Math.max(now, Date.parse(at)))}</time>;
}

/** How long something took, or takes while it has no end. */
export function Elapsed({ from, to }: { from: string; to?: string | null | undefined }) {
  const format = useFormat();
  const now = useNow(1000, !to);
  return <span className="tabular">{format.duration(Math.max(0, (to ? Date.parse(to) : Math.max(now, Date.parse(from))) - Date.parse(from)) / 1000)}</span>;
}
