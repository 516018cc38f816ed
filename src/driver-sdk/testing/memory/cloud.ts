import type { ResourceKind } from '../../kinds.js';
import type { Tags } from '../../shapes.js';

/** How this cloud refuses: an HTTP status, a code of its own, a text. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly status: number, readonly code: string, message: string, readonly retryAfterMs?: number) {
    super(message);
  }
}

/** One thing, in the cloud's own state words. */
export interface Stored {
  kind: ResourceKind;
  id: string;
  name: string;
  region: string;
  tags: Tags;
  state: string;
  token?: string;
  /** The state that follows, and when. */
  next?: { state: string; at: number };
  /** Get and list do not show it earlier. */
  seenAt: number;
  fields: Record<string, unknown>;
}

/** What a create asks for; `count` things differ in name only. */
export interface Order {
  kind: ResourceKind;
  region: string;
  names: string[];
  tags: Tags;
  token?: string;
  state: string;
  next?: string;
  fields: (index: number) => Record<string, unknown>;
  /** What else happens when they are made. */
  then?: (ids: string[]) => void;
}

/** How slow a cloud is. */
export interface Pace {
  /** How long a boot, a stop or a delete takes. */
  settleMs: number;
  /** How long a new thing is missing from get and list. */
  unseenMs: number;
  /** Which request is refused as one too many, e.g. each seventh; 0 for none. */
  refuseEach: number;
}

/** The account that exists. */
export const ACCOUNT = { id: 'memory-account', key: 'memory-key', secret: 'memory-secret-0001' };
const PREFIX: Partial<Record<ResourceKind, string>> = { network: 'net', subnet: 'sub', 'security-group': 'grp', 'key-pair': 'key', vm: 'srv', disk: 'vol', 'public-ip': 'adr' };
/** Fields by which one thing holds another. */
const TIES = ['networkId', 'subnetId', 'subnetIds', 'securityGroupIds', 'vmId', 'vpnGatewayId', 'clusterId'];
/** Kinds that cannot go while they are at something, with the field that says so. */
const TIED: Partial<Record<ResourceKind, string>> = { disk: 'vmId', 'network-interface': 'vmId', 'internet-gateway': 'networkId' };
/** Fields in which a thing keeps what is no thing of its own; it goes only when they are empty. */
const CONTENTS = ['objects', 'records'];

/** Something that was done to a thing. */
export interface Happening { id: string; at: number; region: string; type: string; kind: ResourceKind; resourceId: string }

/** A cloud in this process: things, states that take a moment, tokens, names, ties, pages, and troubles by request. */
export class MemoryCloud {
  readonly #things = new Map<string, Stored>();
  #made = 0;
  calls = 0;
  /** What was done, oldest first. */
  readonly happened: Happening[] = [];
  /** Secrets by key: that of the account, and those of roles that were taken. */
  readonly credentials = new Map([[ACCOUNT.key, ACCOUNT.secret]]);
  readonly troubles = { lose: new Set<string>(), throttle: new Set<string>(), full: false };

  /** Names of the kinds in `uniqueName` are given once. */
  constructor(readonly uniqueName: readonly ResourceKind[], readonly pace: Pace) {}

  /**
   * One request: signed, counted, answered by what `work` gives in one step.
   * @throws Refusal; a TypeError, as `fetch` does, where the connection is lost; the signal's reason where it is aborted.
   */
  async request<T>(method: string, credential: { key?: string; secret?: string }, signal: AbortSignal, work: () => T): Promise<T> {
    signal.throwIfAborted();
    this.calls++;
    await new Promise((done) => setImmediate(done));
    signal.throwIfAborted();
    if (credential.key === undefined || this.credentials.get(credential.key) !== credential.secret) throw new Refusal(401, 'BadSignature', 'The key or its signature is wrong.');
    if (this.troubles.throttle.delete(method) || (this.pace.refuseEach > 0 && this.calls % this.pace.refuseEach === 0)) throw new Refusal(429, 'SlowDown', 'Too many requests.', 5);
    const answer = structuredClone(work());
    if (this.troubles.lose.delete(method)) throw new TypeError('fetch failed');
    return answer;
  }

  /** What a token made before. */
  madeBy(kind: ResourceKind, region: string, token: string): Stored[] {
    return this.of(kind, region).filter((thing) => thing.token === token);
  }

  /** Makes things: all or none. @throws Refusal NameTaken. */
  create({ kind, region, names, tags, token, state, next, fields, then }: Order): Stored[] {
    for (const name of this.uniqueName.includes(kind) ? names : []) {
      if (this.of(kind, region).some((thing) => thing.name === name)) throw new Refusal(409, 'NameTaken', `A ${kind} called ${name} exists.`);
    }
    const made = names.map((name, index) => {
      const id = `${PREFIX[kind] ?? kind}-${String(++this.#made).padStart(8, '0')}`;
      const thing: Stored = { kind, id, name, region, tags: { ...tags }, state, fields: fields(index), seenAt: Date.now() + this.pace.unseenMs, ...(token !== undefined && { token }), ...(next !== undefined && { next: this.later(next) }) };
      this.#things.set(id, thing);
      this.#note('Create', thing);
      return thing;
    });
    then?.(made.map(({ id }) => id));
    return made;
  }

  /** What is there, in the order of its making. */
  of(kind: ResourceKind, region: string): Stored[] {
    return [...this.#things.values()].filter((thing) => thing.kind === kind && thing.region === region && this.#exists(thing));
  }

  /** What a list shows. */
  shown(kind: ResourceKind, region: string): Stored[] {
    return this.of(kind, region).filter((thing) => Date.now() >= thing.seenAt);
  }

  /** @throws Refusal NoSuchThing, also while the thing is not seen yet. */
  get(kind: ResourceKind, region: string, id: string): Stored {
    const thing = this.#things.get(id);
    if (!thing || thing.kind !== kind || thing.region !== region || Date.now() < thing.seenAt || !this.#exists(thing)) throw new Refusal(404, 'NoSuchThing', `There is no ${kind} ${id}.`);
    return thing;
  }

  /** Begins the end of a thing. @throws Refusal HasDependants. */
  delete(kind: ResourceKind, region: string, id: string): void {
    const thing = this.get(kind, region, id);
    const holder = [...this.#things.values()].find((other) => this.#exists(other) && TIES.some((tie) => [other.fields[tie]].flat().includes(id)));
    if (kind !== 'vm' && holder) throw new Refusal(409, 'HasDependants', `${holder.kind} ${holder.id} needs it.`);
    const tied = thing.fields[TIED[kind] ?? ''];
    if (tied !== undefined) throw new Refusal(409, 'HasDependants', `${String(tied)} has it.`);
    if (CONTENTS.some((field) => (thing.fields[field] as Map<string, unknown> | undefined)?.size)) throw new Refusal(409, 'HasDependants', `${id} is not empty.`);
    if (kind === 'vm') for (const other of this.#things.values()) if (other.fields.vmId === id) Object.assign(other.fields, { vmId: undefined });
    Object.assign(thing, { state: 'DELETING', next: this.later('GONE') });
    this.#note('Delete', thing);
  }

  /** Takes a thing away at once, whatever needs it. */
  erase(id: string): void {
    this.#things.delete(id);
  }

  /** A state that comes after a moment. */
  later(state: string): { state: string; at: number } {
    return { state, at: Date.now() + this.pace.settleMs };
  }

  /** The items after the place that `pageToken` names. @throws Refusal BadPageToken. */
  page<T extends { id: string }>(items: T[], pageSize = 50, pageToken?: string): { items: T[]; nextPageToken?: string } {
    const after = pageToken === undefined ? -1 : items.findIndex((item) => tokenOf(item.id) === pageToken);
    if (pageToken !== undefined && after < 0) throw new Refusal(400, 'BadPageToken', 'This list never gave that page token.');
    const chosen = items.slice(after + 1, after + 1 + pageSize);
    const last = chosen.at(-1);
    return { items: chosen, ...(last !== undefined && last !== items.at(-1) && { nextPageToken: tokenOf(last.id) }) };
  }

  #note(what: string, { kind, id, region }: Stored): void {
    this.happened.push({ id: `evt-${String(this.happened.length).padStart(6, '0')}`, at: Date.now(), region, type: `${what} ${kind}`, kind, resourceId: id });
  }

  #exists(thing: Stored): boolean {
    if (thing.next && Date.now() >= thing.next.at) {
      thing.state = thing.next.state;
      delete thing.next;
    }
    return thing.state !== 'GONE';
  }
}

const tokenOf = (id: string): string => Buffer.from(`after:${id}`).toString('base64url');
