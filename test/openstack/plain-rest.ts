import type { ConnectInput } from '@mcmp/driver-sdk';

type Row = Record<string, unknown> & { id: string };

/** What a project of an OpenStack holds, as its services themselves tell. */
export interface Holdings {
  servers: { id: string; name: string; status: string; /** Floating IPs at its ports. */ addresses: string[] }[];
  /** `kind/id` of everything else: networks, subnets, routers, ports, security groups, floating IPs, key pairs, server groups, volumes, snapshots, images, load balancers, clusters. */
  others: string[];
}

/**
 * Asks OpenStack by plain REST, and nothing of the driver: the second opinion of the tests.
 * Takes what a connection is made of; user and password only.
 */
export class PlainRest {
  private token = '';
  private endpoints = new Map<string, string>();
  private projectId = '';
  private userId = '';
  constructor(private readonly input: ConnectInput, private readonly region: string) {}

  /** Signs in; once more where a long run outlives the token. */
  async signIn(): Promise<void> {
    const { username, password, userDomain = 'Default', project, projectDomain = userDomain } = this.input.credential;
    const body = { auth: { identity: { methods: ['password'], password: { user: { name: username, password, domain: { name: userDomain } } } }, scope: { project: { name: project, domain: { name: projectDomain } } } } };
    const response = await fetch(`${this.input.endpoint?.replace(/\/(v3\/?)?$/, '')}/v3/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (response.status !== 201) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    this.token = response.headers.get('x-subject-token') as string;
    const { token } = (await response.json()) as { token: { user: { id: string }; project: { id: string }; catalog: { type: string; endpoints: { interface: string; region_id: string; url: string }[] }[] } };
    this.projectId = token.project.id;
    this.userId = token.user.id;
    for (const { type, endpoints } of token.catalog) {
      const found = endpoints.find((item) => item.interface === 'public' && item.region_id === this.region);
      if (found) this.endpoints.set(type, found.url);
    }
  }

  has(service: string): boolean {
    return this.endpoints.has(service);
  }

  /** One request; the path goes after the catalog's address. @throws Error for every answer that is no success. */
  async ask<T>(service: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.endpoints.get(service)}${path}`, { method, headers: { 'x-auth-token': this.token, 'content-type': 'application/json', ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** A credential of this user and project for an application. */
  async applicationCredential(name: string): Promise<{ id: string; secret: string }> {
    return (await this.ask<{ application_credential: { id: string; secret: string } }>('identity', 'POST', `/users/${this.userId}/application_credentials`, { application_credential: { name } })).application_credential;
  }

  async forget(applicationCredentialId: string): Promise<void> {
    await this.ask('identity', 'DELETE', `/users/${this.userId}/application_credentials/${applicationCredentialId}`);
  }

  /** Ends a token before its time. */
  async revoke(token: string): Promise<void> {
    await this.ask('identity', 'DELETE', '/auth/tokens', undefined, { 'x-subject-token': token });
  }

  async holdings(): Promise<Holdings> {
    const rows = async (service: string, path: string, plural: string): Promise<Row[]> => (this.has(service) ? ((await this.ask<Record<string, Row[]>>(service, 'GET', path))[plural] ?? []) : []);
    const neutron = (plural: string): Promise<Row[]> => rows('network', `/v2.0/${plural.replaceAll('_', '-')}?project_id=${this.projectId}`, plural);
    const kinds: [kind: string, read: Promise<Row[]>][] = [
      ...['networks', 'subnets', 'routers', 'ports', 'security_groups', 'floatingips'].map((plural): [string, Promise<Row[]>] => [plural, neutron(plural)]),
      ['keypairs', rows('compute', '/os-keypairs', 'keypairs').then((pairs) => pairs.map((pair) => ({ id: (pair.keypair as { name: string }).name })))],
      ['server_groups', rows('compute', '/os-server-groups', 'server_groups')],
      ['volumes', rows('volumev3', '/volumes', 'volumes')], ['snapshots', rows('volumev3', '/snapshots', 'snapshots')], ['images', rows('image', `/v2/images?owner=${this.projectId}`, 'images')],
      ['loadbalancers', rows('load-balancer', `/v2/lbaas/loadbalancers?project_id=${this.projectId}`, 'loadbalancers')],
      ['clusters', rows('container-infra', '/clusters', 'clusters').then((clusters) => clusters.map(({ uuid }) => ({ id: uuid as string })))],
    ];
    const others = (await Promise.all(kinds.map(async ([kind, read]) => (await read).map(({ id }) => `${kind}/${id}`)))).flat().sort();
    // Nova tells floating IPs from a cache that comes late; Neutron knows them.
    const [ports, addresses] = await Promise.all([neutron('ports'), neutron('floatingips')]);
    const servers = (await rows('compute', '/servers/detail?limit=1000', 'servers')).map((server) => {
      const own = new Set(ports.filter((port) => port.device_id === server.id).map(({ id }) => id));
      return { id: server.id, name: server.name as string, status: server.status as string, addresses: addresses.filter((address) => own.has(address.port_id as string)).map((address) => address.floating_ip_address as string) };
    });
    return { servers, others };
  }
}
