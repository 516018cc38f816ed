import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { type Draft, type Need, hasDraft, newDraft, newNeed, setAside } from './draft';
import { draftFrom } from './from';
import type { Region } from './suggest';
import { useMakeWords } from './words';

/** `web`, or `web-2` where that is taken. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let nth = 1; ; nth += 1) {
    const name = nth === 1 ? wanted : `${wanted.slice(0, 36)}-${nth}`;
    if (!taken.has(name)) return name;
  }
}

/** Size and system that an address names. */
function likeChosen(params: URLSearchParams): Partial<Need> {
  const [vcpu, memoryGiB] = [Number(params.get('vcpu')), Number(params.get('memoryGiB'))];
  const [osFamily, osVersion] = [params.get('osFamily'), params.get('osVersion')];
  return { ...(vcpu > 0 && { vcpu }), ...(memoryGiB > 0 && { memoryGiB }), ...(osFamily && { osFamily, osVersion: osVersion ?? '' }) };
}

/** Fills the draft from the address: `?from=` another MCI, `?region=` and `?connection=` a place, `?place=connection/region` several, `?spec=` and `?image=` what is taken at the one place; else a new one gets a free name. The address is cleared, so that a reload does not do it again. */
export function usePrefill({ project, draft, kept, regions, taken, replace }: { project: string; draft: Draft; kept: boolean; regions: readonly Region[] | undefined; taken: ReadonlySet<string> | undefined; replace(draft: Draft): void }): { ready: boolean; note: string | undefined; error: Error | undefined; close(): void } {
  const t = useMakeWords();
  const [params, setParams] = useSearchParams();
  const [note, setNote] = useState<string | undefined>(kept ? 'kept' : undefined);
  const [error, setError] = useState<Error>();
  const begun = useRef<string | undefined>(undefined);
  const from = params.get('from');
  const connection = params.get('connection');
  const region = params.get('region');
  const wanted = params.getAll('place');
  const asked = wanted.length > 0 || from !== null || connection !== null || region !== null;
  const address = params.toString();
  useEffect(() => {
    if (!regions || !taken || begun.current === address) return;
    begun.current = address;
    const clear = (): void => setParams({}, { replace: true });
    if (from !== null) {
      draftFrom(project, from, regions, (name) => freeName(name, taken)).then((next) => {
        // What somebody had begun is not lost by looking at another.
        if (hasDraft(project) && !draft.untouched) setAside(project, draft);
        replace(next);
        setNote('from');
      }, (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason)))).finally(clear);
    } else if (wanted.length > 0 || connection !== null || region !== null) {
      const found = regions.filter((item) => (wanted.length > 0 ? wanted.includes(`${item.connection}/${item.id}`) : (connection === null || item.connection === connection) && (region === null || item.id === region)));
      // A connection alone means its first region that somebody has read already.
      const places = (region === null && wanted.length === 0 ? [found.find(({ specCount }) => specCount > 0) ?? found[0]].filter((item) => item !== undefined) : found).map((item) => ({ connection: item.connection, region: item.id, count: null, spec: found.length === 1 ? params.get('spec') : null, image: found.length === 1 ? params.get('image') : null }));
      const base = draft.name === '' ? { ...newDraft(), name: freeName('web', taken) } : draft;
      const [first, ...rest] = base.needs;
      const blank = first ?? newNeed('web');
      // A need without places takes the size and system of what was chosen in the catalogue, so that what is suggested elsewhere is alike.
      const need = blank.places.length > 0 ? blank : { ...blank, ...likeChosen(params) };
      replace({ ...base, step: 0, needs: [{ ...need, places: [...need.places.filter((place) => !places.some((other) => other.connection === place.connection && other.region === place.region)), ...places] }, ...rest] });
      clear();
    } else if (draft.name === '' && !kept) replace({ ...draft, name: freeName('web', taken) });
  }, [regions, taken, address]);
  return {
    ready: !asked || error !== undefined, error, close: () => setNote(undefined),
    note: note === 'kept' ? t('draft.kept') : note === 'from' ? t('draft.from', { name: draft.name }) : undefined,
  };
}
