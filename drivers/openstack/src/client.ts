import type { ConnectInput } from '@mcmp/driver-sdk';
import { DriverError, tellCallsLeft } from '@mcmp/driver-sdk';
import { refusal, unanswered } from './errors.js';
import type { SignIn } from './identity.js';
import { Identity, parsed } from './identity.js';
import { callsLeft } from './limits.js';

/** Services by the names that we call them. */
export type Service = 'compute' | 'network' | 'image' | 'volume' | 'load-balancer' | 'container-infra' | 'identity';

interface Kind {
  /** Types under which the catalog may list it; the first that is there holds. */
  types: string[];
  /** What our paths stand on; added where the catalog's address has no version. */
  version: string;
  /** Value of `OpenStack-API-Version`: the oldest release that has all we use. A service refuses the header of another, so each has its own or none. */
  microversion?: string;
}

const SERVICES: Record<Service, Kind> = {
  // 2.65 is Rocky (2018): tags in a create (2.52), the flavor's name in a server (2.47), extra specs in the list of flavors (2.61), one policy per server group (2.64).
  compute: { types: ['compute'], version: 'v2.1', microversion: 'compute 2.65' },
  network: { types: ['network'], version: 'v2.0' },
  image: { types: ['image'], version: 'v2' },
  // 3.42 is Queens (2018): grows disks that are in use.
  volume: { types: ['volumev3', 'block-storage', 'block-store'], version: 'v3', microversion: 'volume 3.42' },
  'load-balancer': { types: ['load-balancer'], version: 'v2' },
  // 1.10 is Ussuri (2020): node groups, and such without a node.
  'container-infra': { types: ['container-infra', 'container-infrastructure-management'], version: 'v1', microversion: 'container-infra 1.10' },
  identity: { types: ['identity'], version: 'v3' },
};

/** What a path is asked with. `query` values that are undefined are left out, lists are repeated. */
export interface Ask { query?: Record<string, string | number | boolean | string[] | undefined>; body?: unknown; type?: string }

/** One service in one region for the length of one call of ours. */
export interface Door {
  /** Of the call of ours that it serves. */
  readonly signal: AbortSignal;
  readonly projectId: string;
  get<T>(path: string, query?: Ask['query']): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  /** A JSON patch, for Glance in a form of its own. */
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string, query?: Ask['query']): Promise<void>;
}

/** A project of one OpenStack: signs in, finds services in the catalog, and calls them by plain HTTP. Retries are the host's. */
export class OpenStack {
  readonly #identity: Identity;
  readonly #interface: string;
  readonly #remembered = new Map<string, { value: Promise<unknown>; untilMs: number }>();

  constructor(readonly input: ConnectInput) {
    this.#identity = new Identity(input);
    this.#interface = input.options.interface || 'public';
  }

  /** What changes rarely and is asked often, kept for a while by its key. A failure is not kept. */
  remember<T>(key: string, forMs: number, ask: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(key);
    if (known && Date.now() < known.untilMs) return known.value as Promise<T>;
    const value = ask();
    this.#remembered.set(key, { value, untilMs: Date.now() + forMs });
    value.catch(() => this.#remembered.delete(key));
    return value;
  }

  /** Forgets what {@link remember} keeps under a key. */
  forget(key: string): void {
    this.#remembered.delete(key);
  }

  async signedIn(signal: AbortSignal): Promise<SignIn> {
    const now = await this.#identity.get(signal);
    if (signal.aborted) throw unanswered(undefined, 'identity', signal);
    return now;
  }

  /** Regions of the catalog that have VMs, or the one that the connection is held to. */
  async regions(signal: AbortSignal): Promise<string[]> {
    const { catalog } = await this.signedIn(signal);
    const all = new Set((catalog.get('compute') ?? []).filter((item) => item.interface === this.#interface).map((item) => item.region));
    const only = this.input.options.region;
    return [...all].filter((id) => !only || id === only).sort();
  }

  /** Whether the catalog lists a service in a region. */
  async has(service: Service, region: string, signal: AbortSignal): Promise<boolean> {
    return this.#find(await this.#identity.get(signal), service, region) !== undefined;
  }

  /** @throws DriverError INVALID_REQUEST for an unknown region, UNSUPPORTED where the region has no such service. */
  async door(service: Service, region: string, signal: AbortSignal): Promise<Door> {
    const { projectId } = await this.#identity.get(signal);
    const ask = <T>(method: string, path: string, asked: Ask): Promise<T> => this.#ask<T>(service, region, method, path, asked, signal);
    return {
      signal,
      projectId,
      get: (path, query) => ask('GET', path, { query }),
      post: (path, body) => ask('POST', path, { body }),
      put: (path, body) => ask('PUT', path, { body }),
      patch: (path, body) => ask('PATCH', path, { body, ...(service === 'image' ? { type: 'application/openstack-images-v2.1-json-patch' } : {}) }),
      delete: (path, query) => ask('DELETE', path, { query }),
    };
  }

  /** Sends one request; a token that the service does not take any more is renewed once. */
  async #ask<T>(service: Service, region: string, method: string, path: string, asked: Ask, signal: AbortSignal): Promise<T> {
    const operation = `${service} ${method} ${path}`;
    let refused: string | undefined;
    for (;;) {
      if (signal.aborted) throw unanswered(undefined, operation, signal);
      const now = await this.#identity.get(signal, refused);
      const { microversion } = SERVICES[service];
      let response: Response;
      let text: string;
      try {
        response = await fetch(this.#url(now, service, region, path, asked.query), {
          method, signal, redirect: 'error',
          headers: { 'x-auth-token': now.token, accept: 'application/json', ...(microversion ? { 'openstack-api-version': microversion } : {}), ...(asked.body === undefined ? {} : { 'content-type': asked.type ?? 'application/json' }) },
          ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
        });
        text = await response.text();
        const left = callsLeft(response.headers);
        if (left) tellCallsLeft(signal, left);
      } catch (error) {
        throw unanswered(error, operation, signal);
      }
      if (response.ok) return parsed(text) as T;
      if (response.status === 401 && refused === undefined) refused = now.token;
      else throw refusal(operation, response.status, response.headers, parsed(text));
    }
  }

  #url(now: SignIn, service: Service, region: string, path: string, query: Ask['query'] = {}): string {
    const base = this.#find(now, service, region);
    if (base === undefined) throw this.#absent(now, service, region);
    const search = new URLSearchParams(Object.entries(query).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : Array.isArray(value) ? value.map((one): [string, string] => [key, one]) : [[key, String(value)]])));
    return `${base}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
  }

  #find(now: SignIn, service: Service, region: string): string | undefined {
    const { types, version } = SERVICES[service];
    for (const type of types) {
      const found = now.catalog.get(type)?.find((item) => item.interface === this.#interface && item.region === region);
      if (!found) continue;
      if (/\/v\d[\d.]*(\/|$)/.test(new URL(found.url).pathname)) return found.url;
      return `${found.url}/${version}${service === 'volume' ? `/${now.projectId}` : ''}`;
    }
    return undefined;
  }

  #absent(now: SignIn, service: Service, region: string): DriverError {
    const known = [...new Set((now.catalog.get('compute') ?? []).map((item) => item.region))].sort();
    if (!known.includes(region)) return new DriverError('INVALID_REQUEST', `This cloud has no region "${region}"; it has ${known.join(', ') || 'none'}. Upper and lower case count.`, { field: 'region' });
    return new DriverError('UNSUPPORTED', `The catalog lists no ${this.#interface} address of the service "${service}" in ${region}.`, { providerCode: 'EndpointNotFound' });
  }
}
