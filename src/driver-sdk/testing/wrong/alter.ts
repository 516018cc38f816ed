import type { Capability, HandlerGroups, Session, Traits } from '../../driver.js';
import { DriverError, isDriverError } from '../../errors.js';
import type { DriverErrorCode } from '../../errors.js';
import type { Manifest } from '../../manifest.js';
import { RESOURCE_KINDS } from '../../kinds.js';
import type { ResourceKind } from '../../kinds.js';
import { BUILDS_ON } from '../checks/manifest.js';
import { MEMORY_MANIFEST, memoryBox } from '../memory/index.js';
import type { MemoryBox } from '../memory/index.js';
import type { CheckOptions } from '../options.js';

/** A driver with one fault, and the checks that must fail for it; all others pass or say nothing. */
export interface WrongDriver {
  /** What it does wrong. */
  fault: string;
  caughtBy: string[];
  options(): CheckOptions;
}

export type Row = Record<string, unknown>;
export type Call = (request: Row, signal: AbortSignal) => Promise<unknown>;
/** A session with every group, each of which can be changed. */
type Groups = { -readonly [K in keyof Session]: Session[K] } & Required<HandlerGroups>;

export const KINDS: readonly ResourceKind[] = RESOURCE_KINDS;
/** What a fault in these needs around it; the kit is then not made to check what the fault cannot touch. */
export const CORE: readonly Capability[] = ['account', 'region', 'spec', 'image', 'price', 'quota', 'network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip', 'tag'];
/** The manifest of a box with the core alone. */
export const CORE_MANIFEST: Manifest = memoryBox({}, {}, CORE).manifest;

/** Capabilities of a box for a fault in some methods: theirs and what they build on; all where tags or all kinds are at fault. */
function around(names: readonly string[]): Capability[] {
  const faulty = names.map((name) => name.split('.')[0] as Capability);
  if (faulty.includes('tag') || KINDS.every((kind) => faulty.includes(kind))) return MEMORY_MANIFEST.capabilities;
  if (faulty.every((capability) => CORE.includes(capability))) return [...CORE];
  const found = new Set<Capability>(['account', 'region', 'tag']);
  const add = (capability: Capability): void => {
    if (found.has(capability)) return;
    found.add(capability);
    BUILDS_ON[capability]?.forEach(add);
  };
  faulty.forEach(add);
  return [...found];
}
/** Ids of one check for each kind, e.g. `disk.delete`. */
export const ofKinds = (what: string, kinds: readonly string[] = KINDS): string[] => kinds.map((kind) => `${kind}.${what}`);
export const lost = (kinds: readonly string[] = KINDS): string[] => kinds.map((kind) => `faults.lost-${kind}`);

/** A copy of a session whose groups can be changed. */
const loosened = (session: Session): Groups =>
  Object.fromEntries(Object.entries(session).map(([name, group]) => [name, typeof group === 'object' ? { ...group } : group])) as unknown as Groups;

/** Changes the sessions of a right driver. */
export const session = (fault: string, caughtBy: string[], change: (groups: Groups, box: MemoryBox) => unknown, manners?: Partial<Traits>, capabilities: readonly Capability[] = CORE): WrongDriver => ({
  fault, caughtBy,
  options: () => {
    const box = memoryBox(manners, {}, capabilities);
    const { connect } = box.driver;
    return { ...box, driver: { mcmpDriver: 1, connect: async (input) => {
      const groups = loosened(await connect(input));
      await change(groups, box);
      return groups;
    } } };
  },
});

/** Changes the manifest alone. */
export const manifest = (fault: string, caughtBy: string[], change: Partial<Record<keyof Manifest | 'colour', unknown>>): WrongDriver => ({
  fault, caughtBy, options: () => ({ ...memoryBox({}, {}, CORE), manifest: { ...CORE_MANIFEST, ...change } as Manifest }),
});

/** Puts another function in the place of some methods. */
export const methods = (fault: string, names: readonly string[], caughtBy: string[], wrap: (original: Call, box: MemoryBox, name: string, groups: Groups) => Call, manners?: Partial<Traits>): WrongDriver =>
  session(fault, caughtBy, (groups, box) => {
    for (const name of names) {
      const [capability = '', method = ''] = name.split('.');
      const group = groups[capability as 'vm'] as unknown as Record<string, Call>;
      group[method] = wrap(group[method] as Call, box, name, groups);
    }
  }, manners, around(names));

/** Another method of the kind that a method is of. */
export const neighbour = (groups: Groups, name: string, method: 'get' | 'list'): Call => groups[name.split('.')[0] as 'vm'][method] as unknown as Call;

/** An action that only looks at the thing. */
export const looks = (fault: string, name: string, caughtBy: string[]): WrongDriver => methods(fault, [name], caughtBy, (_original, _box, _name, groups) => neighbour(groups, name, 'get'));

/** Fails where the thing is already as asked. */
export const onlyOnce = (fault: string, name: string, caughtBy: string, already: (row: Row, request: Row) => boolean): WrongDriver =>
  methods(fault, [name], [caughtBy], (original, _box, _name, groups) => async (request, signal) => {
    const get = neighbour(groups, name, 'get');
    const row = (await get(request, signal).catch(() => undefined)) as Row | undefined;
    return row && already(row, request) ? fail('CONFLICT') : original(request, signal);
  });

/** Changes what one method answers: the thing, or each item of the page or batch. */
export const answers = (fault: string, names: string | readonly string[], caughtBy: string[], edit: (row: Row, index: number) => Row): WrongDriver =>
  methods(fault, [names].flat(), caughtBy, (original) => async (request, signal) => {
    const answer = (await original(request, signal)) as Row;
    return Array.isArray(answer.items) ? { ...answer, items: (answer.items as Row[]).map(edit) } : edit(answer, 0);
  });

/** Puts something else in the place of a refusal. */
export const refusals = (fault: string, names: string | readonly string[], code: DriverErrorCode, caughtBy: string[], instead: (error: DriverError, request: Row, original: Call, signal: AbortSignal, groups: Groups, name: string) => unknown): WrongDriver =>
  methods(fault, [names].flat(), caughtBy, (original, _box, name, groups) => async (request, signal) => {
    try {
      return await original(request, signal);
    } catch (error) {
      if (!isDriverError(error) || error.code !== code) throw error;
      return instead(error, request, original, signal, groups, name);
    }
  });

export const fail = (code: DriverErrorCode, message = 'refused', detail: DriverError['detail'] = { providerCode: 'Wrong' }): never => {
  throw new DriverError(code, message, detail);
};
