import { randomInt } from 'node:crypto';
import { Accounts } from './accounts.js';
import { CallLog } from './call-log.js';
import { Calendar } from './calendar.js';
import { realClock } from './clock.js';
import type { Clock } from './clock.js';
import { Doors } from './doors.js';
import type { Shells, ShellVm } from './doors.js';
import { Events } from './events.js';
import { Faults } from './faults.js';
import { Holding } from './holding.js';
import { Chance } from './random.js';
import { privateAddresses, publicAddresses } from './ranges.js';
import type { AddressPool } from './ranges.js';
import { Schedule } from './schedule.js';
import { Throttle } from './throttle.js';
import { Tokens } from './tokens.js';
import { Issued } from './issued.js';
import { Ledger } from './ledger.js';
import { Objects } from './objects.js';
import { ratesOf } from './price-book.js';
import type { Personality, PersonalityImage, PersonalitySpec, Thing } from './types.js';

/** What a world is made with. */
export interface WorldOptions {
  personalities: Personality[];
  /** Keys and chance come from it; 1 if absent. */
  seed?: number;
  /** Real milliseconds per millisecond of the clouds' own latencies and delays: 0 has all ready at once, 1 is like the real clouds. 1 if absent. */
  timeScale?: number;
  /** Whether the clouds' limits hold; true if absent. They are in real time, at any time scale. */
  throttling?: boolean;
  clock?: Clock;
  /** Without it VMs have no SSH. */
  shells?: Shells;
  /** Sends a signal for a fault that asks for it; absent means that none may. */
  signal?: (pid: number, name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP') => void;
  log?(line: string): void;
}

/** What can be changed while the world runs. */
export interface Settings {
  timeScale: number;
  throttling: boolean;
  seed: number;
  /** Milliseconds by which the wires' clocks are ahead of ours when they judge a signature. */
  skewMs: number;
}

/** The parts of the world, and what is known of its clouds by heart. */
export class Engine {
  readonly personalities: ReadonlyMap<string, Personality>;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly throttle = new Throttle();
  readonly log = new CallLog();
  readonly tokens = new Tokens();
  readonly objects = new Objects();
  readonly issued = new Issued();
  readonly events = new Events();
  readonly ledger = new Ledger();
  readonly calendar: Calendar;
  readonly schedule: Schedule;
  readonly doors: Doors;
  readonly signal: WorldOptions['signal'];
  readonly settings: Settings;
  /** The seed that the world was made with; keys depend on it and on no later setting. */
  readonly boxSeed: number;
  publicPool = publicAddresses(randomInt(1_000_000) / 1_000_000);
  /** Grows with each change of anything that a snapshot holds. */
  revision = 0;
  serial = 0;
  readonly #holdings = new Map<string, Holding>();
  readonly #pools = new Map<string, AddressPool>();
  readonly #specs = new Map<string, Map<string, PersonalitySpec>>();
  readonly #prices = new Map<string, Map<string, number>>();
  readonly #images = new Map<string, Map<string, PersonalityImage>>();

  constructor(options: WorldOptions, onAlarm: (engine: Engine) => void) {
    this.personalities = new Map(options.personalities.map((each) => [each.cloud, each]));
    this.clock = options.clock ?? realClock;
    this.calendar = new Calendar(this.clock);
    this.boxSeed = options.seed ?? 1;
    this.settings = { timeScale: options.timeScale ?? 1, throttling: options.throttling ?? true, seed: this.boxSeed, skewMs: 0 };
    this.accounts = new Accounts(this.boxSeed);
    this.chance = new Chance(this.boxSeed);
    this.faults = new Faults((cloud, region) => this.chance.next(cloud, region, 'fault'));
    this.schedule = new Schedule(this.clock, () => onAlarm(this));
    this.signal = options.signal;
    this.doors = new Doors(options.shells, (vm) => this.#shellOf(vm), options.log ?? (() => undefined));
  }

  now(): number {
    return this.clock.now();
  }

  /** The clouds' own date. */
  date(): number {
    return this.calendar.now();
  }

  /** Notes in the ledger what a thing costs from a date on; called whenever it may have changed. */
  meter(thing: Thing, at = this.date()): void {
    this.ledger.note(thing, ratesOf(this, thing), at);
  }

  /** Bytes of all objects of a bucket. */
  bytesIn(bucket: Thing): number {
    return this.objects.sizeOf(bucket);
  }

  /** USD per hour of each spec on demand. */
  onDemand(cloud: string, region: string): ReadonlyMap<string, number> {
    return memo(this.#prices, `${cloud}/${region}`, () => new Map(this.personalities.get(cloud)?.prices(region).filter(({ purchase }) => purchase === 'on-demand').map(({ specId, perHour }) => [specId, perHour])));
  }

  /** Everything of an account in a cloud. */
  holding(cloud: string, account: string): Holding {
    const key = `${cloud}/${account}`;
    let holding = this.#holdings.get(key);
    if (!holding) this.#holdings.set(key, (holding = new Holding(cloud, account)));
    return holding;
  }

  holdings(): Iterable<Holding> {
    return this.#holdings.values();
  }

  /** The bucket of a name, whoever has it: the names of a cloud's buckets are one book. */
  bucketNamed(cloud: string, name: string): Thing<'bucket'> | undefined {
    for (const holding of this.#holdings.values()) if (holding.cloud === cloud) for (const bucket of holding.everywhere('bucket')) if (bucket.name === name && bucket.state !== 'deleted') return bucket;
    return undefined;
  }

  specs(cloud: string, region: string): ReadonlyMap<string, PersonalitySpec> {
    return memo(this.#specs, `${cloud}/${region}`, () => new Map(this.personalities.get(cloud)?.specs(region).map((spec) => [spec.id, spec])));
  }

  images(cloud: string, region: string): ReadonlyMap<string, PersonalityImage> {
    return memo(this.#images, `${cloud}/${region}`, () => new Map(this.personalities.get(cloud)?.images.map((image) => [image.id(region), image])));
  }

  /** Addresses of a subnet. */
  privatePool(subnet: Thing<'subnet'>): AddressPool {
    return memo(this.#pools, `${subnet.cloud}/${subnet.account}/${subnet.id}`, () => privateAddresses(subnet.attributes.cidr));
  }

  /** A thing goes for good. */
  drop(thing: Thing): void {
    this.holding(thing.cloud, thing.account).remove(thing);
    this.schedule.cancel(thing);
    if (thing.kind === 'subnet') this.#pools.delete(`${thing.cloud}/${thing.account}/${thing.id}`);
    this.revision += 1;
  }

  /** Forgets all things, tokens, faults, calls and buckets. */
  clear(): void {
    for (const holding of this.#holdings.values()) for (const thing of holding.all()) if (thing.kind === 'vm') this.doors.close((thing as Thing<'vm'>).attributes.publicIp);
    this.#holdings.clear();
    this.#pools.clear();
    this.schedule.clear();
    this.tokens.clear();
    this.objects.clear();
    this.issued.clear();
    this.events.clear();
    this.ledger.clear();
    this.faults.remove();
    this.throttle.clear();
    this.log.clear();
    this.chance.reseed(this.settings.seed);
    this.revision += 1;
  }

  #shellOf(vm: Thing<'vm'>): ShellVm {
    const { specId, imageId, zone, privateIp, publicIp = '', sshPort, sshUser, publicKey = '' } = vm.attributes;
    const spec = this.specs(vm.cloud, vm.region).get(specId);
    const image = this.images(vm.cloud, vm.region).get(imageId);
    return {
      address: publicIp, port: sshPort, user: sshUser, publicKey,
      hostname: /^[a-zA-Z0-9][a-zA-Z0-9-.]{0,62}$/.test(vm.name) ? vm.name : `ip-${privateIp.replaceAll('.', '-')}`,
      facts: {
        cloud: vm.cloud, region: vm.region, ...(zone && { zone }), specId, vcpu: spec?.vcpu ?? 1, memoryMiB: spec?.memoryMiB ?? 1024,
        osFamily: image?.osFamily ?? 'linux', osVersion: image?.osVersion ?? '', architecture: image?.architecture ?? 'amd64', privateIp,
      },
    };
  }
}

function memo<T>(kept: Map<string, T>, key: string, make: () => T): T {
  let value = kept.get(key);
  if (value === undefined) kept.set(key, (value = make()));
  return value;
}
