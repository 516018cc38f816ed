/** How the imaginary cloud says no. */
export class No extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}
const bad = (message: string): never => {
  throw new No(400, 'BAD_VALUE', message);
};

/** A thing of any kind, with the fields of its kind. */
export interface Thing extends Record<string, unknown> { id: string; kind: string; region: string; name: string; labels: Record<string, string>; state: string }

const REGIONS = [{ id: 'north', name: 'North', latitude: 59.3, longitude: 18.1 }, { id: 'south', name: 'South', latitude: -33.9, longitude: 18.4 }];
const SIZES = [{ id: 'small', cpus: 1, memoryGB: 2, hour: 0.01 }, { id: 'medium', cpus: 2, memoryGB: 4, hour: 0.02 }, { id: 'large', cpus: 4, memoryGB: 16, hour: 0.06 }];
const IMAGES = [{ id: 'ubuntu-24', name: 'Ubuntu 24.04', system: 'ubuntu', version: '24.04', user: 'ubuntu' }, { id: 'debian-13', name: 'Debian 13', system: 'debian', version: '13', user: 'debian' }];
/** Fields by which one thing holds another. */
const TIES = ['network', 'subnet', 'firewalls', 'key'];
/** What each field of a new thing names, or what it must be. */
const FIELDS: Record<string, string[]> = { networks: ['range'], subnets: ['network', 'range'], firewalls: ['network', 'rules'], keys: ['publicKey'], servers: ['zone', 'size', 'image', 'network', 'subnet', 'firewalls', 'key'] };

/** First and last address of a range. */
function span(range: unknown): [number, number] {
  const [, base = '', bits = ''] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(String(range)) ?? bad(`${String(range)} is no range`);
  if (Number(bits) > 28 || base.split('.').some((part) => Number(part) > 255)) bad(`${String(range)} is no range`);
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}
const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** An imaginary cloud in memory: it keeps rules as a real one does, and its servers are only rows. */
export class Cloud {
  readonly things = new Map<string, Thing>();
  readonly #tokens = new Map<string, string[]>();
  #made = 0;
  /** Set where no server fits any more. */
  full = false;

  /** @param settleMs how long a server boots, stops, goes */
  constructor(readonly apiToken: string, readonly settleMs = 20) {}

  /** What the cloud offers under a name: `regions`, or `zones`, `sizes`, `images`, `prices` of a region. */
  offer(what: string, region?: string): Record<string, unknown>[] | undefined {
    if (region !== undefined && !REGIONS.some(({ id }) => id === region)) throw new No(404, 'NOT_THERE', `there is no region ${region}`);
    return { regions: REGIONS, zones: ['a', 'b'].map((letter) => ({ id: `${region}-${letter}` })), sizes: SIZES, images: IMAGES, prices: SIZES.map(({ id, hour }) => ({ id, size: id, hour, since: '2026-01-01T00:00:00Z' })) }[what];
  }

  list(kind: string, region: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.kind === kind && thing.region === region);
  }

  get(kind: string, region: string, id: unknown): Thing {
    const thing = this.things.get(String(id));
    if (thing?.kind !== kind || thing.region !== region) throw new No(404, 'NOT_THERE', `there is no ${kind.slice(0, -1)} ${String(id)}`);
    return thing;
  }

  /** Makes one thing, or servers by their names: all or none, and the same again for the same token. */
  create(kind: string, region: string, body: Record<string, unknown>, token: string | undefined): Thing[] {
    const known = token === undefined ? undefined : this.#tokens.get(`${kind}/${token}`);
    const before = known?.flatMap((id) => this.things.get(id) ?? []) ?? [];
    if (before.length > 0) return before;
    const fields = Object.fromEntries((FIELDS[kind] ?? bad(`there is no kind ${kind}`)).map((field) => [field, body[field]]));
    this.#check(kind, region, fields, body);
    const names = kind === 'servers' ? (body.names as string[]) : [body.name as string];
    const made = names.map((name, position) => {
      const id = `${kind.slice(0, 3)}-${String((this.#made += 1)).padStart(8, '0')}`;
      const thing: Thing = { id, kind, region, name, labels: body.labels as Record<string, string>, state: 'READY', ...structuredClone(fields) };
      this.things.set(id, thing);
      if (kind === 'servers') {
        const subnet = span(this.get('subnets', region, fields.subnet).range)[0];
        Object.assign(thing, { zone: fields.zone ?? `${region}-a`, position, createdAt: new Date().toISOString(), privateAddress: dotted(subnet + 4 + (this.#made % 240)), ...(body.publicAddress === true && { publicAddress: dotted(0xcb007100 + (this.#made % 254) + 1) }) });
        this.#pass(thing, 'BUILDING', 'ON');
      }
      return thing;
    });
    if (token !== undefined) this.#tokens.set(`${kind}/${token}`, made.map(({ id }) => id));
    return made;
  }

  delete(kind: string, region: string, id: string): void {
    const thing = this.get(kind, region, id);
    const holder = [...this.things.values()].find((other) => TIES.some((tie) => [other[tie]].flat().includes(id)));
    if (holder && kind !== 'keys') throw new No(409, 'IN_USE', `${holder.id} needs it`);
    if (kind === 'servers') this.#pass(thing, 'REMOVING', undefined);
    else this.things.delete(id);
  }

  /** Starts, stops or restarts a server; what is already so stays. */
  act(region: string, id: string, action: string): void {
    const server = this.get('servers', region, id);
    const [from, through, to] = { start: ['OFF', 'STARTING', 'ON'], stop: ['ON', 'STOPPING', 'OFF'], restart: ['ON', 'RESTARTING', 'ON'] }[action] ?? bad(`a server cannot ${action}`);
    if (server.state === to && from !== to) return;
    if (server.state !== from) throw new No(409, 'WRONG_STATE', `the server is ${server.state}`);
    this.#pass(server, through as string, to);
  }

  setRules(region: string, id: string, rules: unknown): Thing {
    const firewall = this.get('firewalls', region, id);
    this.#checkRules(rules);
    return Object.assign(firewall, { rules });
  }

  /** Takes a thing through a state to another, or away. */
  #pass(thing: Thing, through: string, to: string | undefined): void {
    thing.state = through;
    setTimeout(() => {
      if (thing.state === through && to !== undefined) thing.state = to;
      if (to === undefined) this.things.delete(thing.id);
    }, this.settleMs).unref();
  }

  #check(kind: string, region: string, fields: Record<string, unknown>, body: Record<string, unknown>): void {
    for (const tie of ['network', 'subnet', 'key'].filter((each) => fields[each] !== undefined)) this.get(`${tie}s`, region, fields[tie]);
    for (const id of kind === 'servers' ? (fields.firewalls as string[]) : []) this.get('firewalls', region, id);
    if (kind === 'networks') span(fields.range);
    if (kind === 'firewalls') this.#checkRules(fields.rules);
    if (kind === 'keys' && !/^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]{40,}/.test(String(fields.publicKey))) bad('that is no public key');
    if (kind === 'keys') fields.fingerprint = `F${[...String(fields.publicKey)].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffffffff, 7).toString(16)}`;
    if (kind === 'keys' && this.list('keys', region).some(({ name }) => name === body.name)) throw new No(409, 'NAME_TAKEN', `a key is called ${String(body.name)}`);
    if (kind === 'servers' && (!SIZES.some(({ id }) => id === fields.size) || !IMAGES.some(({ id }) => id === fields.image))) bad('there is no such size or image');
    if (kind === 'servers' && (body.names as string[]).length > 10) bad('at most 10 servers by one request');
    if (kind === 'servers' && this.full) throw new No(503, 'FULL', 'there is no room left');
    if (kind !== 'subnets') return;
    const [first, last] = span(fields.range);
    const [low, high] = span(this.get('networks', region, fields.network).range);
    if (first < low || last > high) bad('the range lies outside the network');
    const inside = this.list('subnets', region).filter(({ network }) => network === fields.network).map(({ range }) => span(range));
    if (inside.some(([from, to]) => from <= last && first <= to)) bad('the range overlaps another subnet');
  }

  #checkRules(rules: unknown): void {
    if (!Array.isArray(rules) || (rules as { from?: number; to?: number }[]).some(({ from = 0, to = from }) => from > to)) bad('the ports run backwards');
  }
}
