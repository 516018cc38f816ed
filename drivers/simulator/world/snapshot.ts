import type { Tags } from '@mcmp/driver-sdk';
import type { Engine, Settings } from './engine.js';
import { settle } from './life.js';
import { carries } from './holding.js';
import type { Due } from './schedule.js';
import type { SavedObject } from './objects.js';
import type { Fault, Kind, Thing } from './types.js';
import { SNAPSHOT_VERSION, upgraded } from './upgrade.js';

type ThingKey = [cloud: string, account: string, region: string, kind: Kind, id: string];

/** Everything that outlives the program, as JSON. Buckets and the lines of the call log do not. */
export interface Snapshot {
  version: typeof SNAPSHOT_VERSION;
  boxSeed: number;
  serial: number;
  callSeq: number;
  settings: Settings;
  chance: { seed: number; streams: [string, number][] };
  things: Thing[];
  due: [...ThingKey, at: number, to: Due['to']][];
  tokens: [key: string, fingerprint: string, things: Thing[]][];
  faults: Fault[];
  objects?: SavedObject[];
  issued?: ReturnType<Engine['issued']['save']>;
  calendar?: ReturnType<Engine['calendar']['save']>;
  events?: ReturnType<Engine['events']['save']>;
  ledger?: ReturnType<Engine['ledger']['save']>;
}

const keyOf = ({ cloud, account, region, kind, id }: Thing): ThingKey => [cloud, account, region, kind, id];

/** The state of the world as it is now; shares its objects, so turn it into text at once. */
export function takeSnapshot(engine: Engine): Snapshot {
  settle(engine);
  return {
    version: SNAPSHOT_VERSION, boxSeed: engine.boxSeed, serial: engine.serial, callSeq: engine.log.seq, settings: engine.settings, chance: engine.chance.save(),
    things: [...engine.holdings()].flatMap((holding) => [...holding.all()]),
    due: engine.schedule.pending().map(({ thing, at, to }) => [...keyOf(thing), at, to]),
    tokens: engine.tokens.save(), faults: engine.faults.list(), objects: engine.objects.save(), issued: engine.issued.save(), calendar: engine.calendar.save(), events: engine.events.save(), ledger: engine.ledger.save(),
  };
}

/** Brings back a world that was made with the same seed. What fell due meanwhile happens now; SSH of running VMs opens. Older versions are read as well. @throws Error for an unknown version, or another seed. */
export function loadSnapshot(engine: Engine, state: Snapshot): void {
  const saved = upgraded(state) as Snapshot;
  if (saved.boxSeed !== engine.boxSeed) throw new Error(`the state belongs to the seed ${saved.boxSeed}, this world has ${engine.boxSeed}: its keys would not fit`);
  engine.serial = saved.serial;
  engine.log.continueFrom(saved.callSeq);
  Object.assign(engine.settings, saved.settings);
  engine.chance.load(saved.chance);
  for (const fault of saved.faults) engine.faults.add(fault);
  engine.objects.load(saved.objects ?? []);
  if (saved.issued) engine.issued.load(saved.issued);
  if (saved.calendar) engine.calendar.load(saved.calendar);
  if (saved.events) engine.events.load(saved.events);
  engine.ledger.load(saved.ledger ?? []);
  const things = [...saved.things].sort((one, other) => one.serial - other.serial);
  for (const thing of things) engine.holding(thing.cloud, thing.account).add(thing);
  for (const thing of things) holdAddresses(engine, thing);
  // A state from before there were bills begins to count now.
  if (!saved.ledger) for (const thing of things) engine.meter(thing);
  const alive = ([cloud, account, region, kind, id]: ThingKey): Thing | undefined => engine.holding(cloud, account).find(kind, id, region);
  engine.tokens.load(saved.tokens, (thing) => alive(keyOf(thing)) ?? thing);
  for (const [cloud, account, region, kind, id, at, to] of saved.due) {
    const thing = alive([cloud, account, region, kind, id]);
    if (thing) engine.schedule.set(thing, at, to);
  }
  for (const thing of things) if (thing.kind === 'vm' && thing.state === 'running') engine.doors.open(thing as Thing<'vm'>);
  settle(engine);
}

/** Addresses that a thing has are taken in a world that begins anew. */
function holdAddresses(engine: Engine, thing: Thing): void {
  if (thing.state === 'terminated') return;
  const { address, addresses, ownAddress, publicIp, publicIpId, privateIp, subnetId } = thing.attributes as { address?: string; addresses?: unknown; ownAddress?: string; publicIp?: string; publicIpId?: string; privateIp?: string; subnetId?: string };
  // A VM's public address may be that of a public IP, and so may that of a NAT gateway.
  const own = thing.kind === 'vm' ? ownAddress : publicIpId === undefined ? publicIp : undefined;
  for (const each of [own, address, ...(Array.isArray(addresses) ? (addresses as string[]) : [])]) if (each) engine.publicPool.hold(each);
  const subnet = subnetId && privateIp && engine.holding(thing.cloud, thing.account).find('subnet', subnetId, thing.region);
  if (subnet) engine.privatePool(subnet).hold(privateIp);
}

/** What narrows a look at the truth; absent means all. */
export interface TruthFilter { cloud?: string; account?: string; region?: string; kind?: Kind; tags?: Tags; hidden?: boolean }

/** What really exists, oldest first: also what no caller sees yet (unless `hidden` is false), never what is deleted or terminated. */
export function truth(engine: Engine, filter: TruthFilter = {}): Thing[] {
  settle(engine);
  const { tags = {}, hidden = true } = filter;
  const now = engine.now();
  const things: Thing[] = [];
  for (const holding of engine.holdings()) {
    if ((filter.cloud ?? holding.cloud) !== holding.cloud || (filter.account ?? holding.account) !== holding.account) continue;
    for (const thing of holding.all()) {
      if (thing.state === 'terminated' || thing.state === 'deleted') continue;
      if ((filter.region ?? thing.region) !== thing.region || (filter.kind ?? thing.kind) !== thing.kind) continue;
      if (carries(thing, tags) && (hidden || thing.visibleAt <= now)) things.push(thing);
    }
  }
  return things.sort((one, other) => one.serial - other.serial);
}
