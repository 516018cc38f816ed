import { useCallback, useEffect, useState } from 'react';
import type { MciCreateData } from '../../generated/types.gen';

export type Body = MciCreateData['body'];
export type Access = NonNullable<Body['access']>[number];
export type Policy = NonNullable<Body['onPartialFailure']>;

/** A region in which VMs of a need are wanted; null leaves the choice to the suggestion. */
export interface PlaceDraft { connection: string; region: string; count: number | null; spec: string | null; image: string | null }
/** VMs of one purpose: how many, how big, which system, where. */
export interface Need { id: string; name: string; count: number; vcpu: number; memoryGiB: number; architecture: 'any' | 'amd64' | 'arm64'; osFamily: string; osVersion: string; rootDiskGiB: number | null; places: PlaceDraft[] }
/** What a person has filled in so far; holds no secrets, since the browser keeps it. */
export interface Draft {
  version: 1; step: number; name: string; description: string; labels: string[]; needs: Need[]; access: Access[]; policy: Policy;
  /** The key under which exactly this body was sent, so that sending it again makes nothing twice. */
  sent: { key: string; body: string } | null;
  /** Whether it is as it was taken from another MCI, so that nothing is lost with it. */
  untouched?: boolean;
}

export const placeKey = ({ connection, region }: { connection: string; region: string }): string => `${connection}/${region}`;
/** Where the suggestion for a place of a need is kept. */
export const suggestionKey = (need: Need, place: PlaceDraft): string => `${need.id} ${placeKey(place)}`;
export const SSH: Access = { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };

export const newNeed = (name: string, places: PlaceDraft[] = []): Need => ({ id: crypto.randomUUID(), name, count: 3, vcpu: 2, memoryGiB: 4, architecture: 'any', osFamily: 'ubuntu', osVersion: '', rootDiskGiB: null, places });
export const newDraft = (): Draft => ({ version: 1, step: 0, name: '', description: '', labels: [], needs: [newNeed('web')], access: [SSH], policy: 'continue', sent: null });

const keyOf = (project: string): string => `mcmp.draft.mci.${project}`;

/** Where the draft waits that another took the place of. */
const asideKeyOf = (project: string): string => `${keyOf(project)}.aside`;

function load(project: string, key = keyOf(project)): Draft | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null;
    return kept?.version === 1 && Array.isArray(kept.needs) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The name of what was sent and never answered. */
export const sentName = ({ sent }: Draft): string | undefined => (sent ? (JSON.parse(sent.body) as Body).name : undefined);

export const hasDraft = (project: string): boolean => load(project) !== undefined;
export const dropDraft = (project: string): void => localStorage.removeItem(keyOf(project));

const madeKeyOf = (project: string): string => `${keyOf(project)}.made`;
/** Keeps what an operation was begun with: where all of it is taken back, nothing else tells it. */
export const keepMade = (project: string, operation: string, draft: Draft): void => localStorage.setItem(madeKeyOf(project), JSON.stringify({ operation, draft }));
/** Makes what an operation was begun with the draft again, and puts one that is there aside; nothing where this browser does not know it. */
export function takeMade(project: string, operation: string): void {
  const made = JSON.parse(localStorage.getItem(madeKeyOf(project)) ?? 'null') as { operation: string; draft: Draft } | null;
  if (made?.operation !== operation) return;
  const now = load(project);
  if (now) setAside(project, now);
  localStorage.setItem(keyOf(project), JSON.stringify({ ...made.draft, step: 0, sent: null }));
}

/** Puts a draft aside, to make room for another. */
export const setAside = (project: string, draft: Draft): void => localStorage.setItem(asideKeyOf(project), JSON.stringify(draft));
/** What was put aside. */
export const findAside = (project: string): Draft | undefined => load(project, asideKeyOf(project));
export const dropAside = (project: string): void => localStorage.removeItem(asideKeyOf(project));

/** The draft of a project, kept in this browser with each change until it is made or discarded. */
export function useDraft(project: string): { draft: Draft; kept: boolean; change(part: Partial<Draft>): void; changeNeed(id: string, part: Partial<Need>): void; replace(draft: Draft): void; discard(fresh: Draft): void } {
  const [state, setState] = useState(() => ({ project, draft: load(project) ?? newDraft(), kept: hasDraft(project), dirty: false }));
  if (state.project !== project) setState({ project, draft: load(project) ?? newDraft(), kept: hasDraft(project), dirty: false });
  useEffect(() => {
    if (state.dirty) localStorage.setItem(keyOf(state.project), JSON.stringify(state.draft));
  }, [state]);
  const set = useCallback((next: (draft: Draft) => Draft) => setState((now) => ({ ...now, draft: next(now.draft), dirty: true })), []);
  const change = useCallback((part: Partial<Draft>) => set((draft) => ({ ...draft, untouched: false, ...part })), [set]);
  const changeNeed = useCallback((id: string, part: Partial<Need>) => set((draft) => ({ ...draft, untouched: false, needs: draft.needs.map((need) => (need.id === id ? { ...need, ...part } : need)) })), [set]);
  const replace = useCallback((draft: Draft) => set(() => draft), [set]);
  const discard = useCallback((fresh: Draft) => {
    dropDraft(project);
    setState({ project, draft: fresh, kept: false, dirty: false });
  }, [project]);
  return { draft: state.draft, kept: state.kept, change, changeNeed, replace, discard };
}
