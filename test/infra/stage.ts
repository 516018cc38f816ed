import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import pg from 'pg';
import { personalities } from '../../drivers/simulator/personalities/index.js';
import type { Personality } from '../../drivers/simulator/world/types.js';
import { type BoxThing, type TestBox, startBox } from '../support/box.js';
import { type Answer, type TestServer, startServer } from '../support/server.js';

export const PROJECT = '/v1/projects/default';
export const MCIS = `${PROJECT}/mcis`;
/** AWS is spoken to through its own driver and the EC2 wire, the others through the plain wire. */
const ACCOUNT: Record<string, string> = { aws: '111122223333' };

/** A group of a request; `more` overrides any field. */
export interface GroupBody extends Record<string, unknown> { name: string; size: number; connection: string; region: string; spec: string; image: unknown }
export interface Operation extends Record<string, unknown> { id: string; kind: string; state: string; progress: { done: number; failed: number; total: number }; message: string; errors: { code: string; count: number; help?: string; targets: string[] }[]; result: Record<string, number> | null }
export interface Vm extends Record<string, unknown> {
  id: string; name: string; group: string; state: string; cloud: string; region: string; zone: string | null; specId: string; cloudId: string | null; publicIp: string | null; privateIp: string | null;
  ssh: { host: string; port: number; user: string } | null; failure: { code: string; message: string } | null;
}

const personality = (cloud: string): Personality => personalities.find((item) => item.cloud === cloud) as Personality;
export const regionOf = (cloud: string, index = 0): string => personality(cloud).regions[index]?.id as string;
export const zonesOf = (cloud: string, index = 0): string[] => personality(cloud).regions[index]?.zones as string[];
/** Specs of two vCPU for amd64, in the order of the cloud's own list. */
export const specsOf = (cloud: string, index = 0): string[] => personality(cloud).specs(regionOf(cloud, index)).filter((spec) => spec.vcpu === 2 && spec.architecture === 'amd64' && spec.gpuCount === 0).map((spec) => spec.id);

/** The built server and the cloud in a box as processes, with a connection to each cloud of the test. */
export class Stage {
  private constructor(public server: TestServer, readonly box: TestBox, readonly database: pg.Client, private readonly environment: Record<string, string>) {}

  static async start(clouds: readonly string[], options: { timeScale?: number; environment?: Record<string, string> } = {}): Promise<Stage> {
    const environment = { MCMP_SERVER_NAME: 'stage', ...options.environment };
    const [server, box] = await Promise.all([startServer(environment), startBox({ timeScale: options.timeScale ?? 0 })]);
    const database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    const stage = new Stage(server, box, database, environment);
    await Promise.all(clouds.map((cloud) => stage.connect(cloud)));
    return stage;
  }

  /** Makes a connection named like the cloud, or as asked. */
  async connect(cloud: string, name = cloud, account = ACCOUNT[cloud] ?? 'journey', more: object = {}): Promise<Answer> {
    const { accessKeyId, secretKey } = await this.box.credential(cloud, account);
    const aws = cloud === 'aws';
    const answer = await this.server.call('POST', '/v1/connections', {
      body: {
        name, driver: aws ? 'aws' : 'simulator', endpoint: aws ? this.box.wires.ec2 : this.box.wires.plain, sync: false, regions: [regionOf(cloud), regionOf(cloud, 1)].filter(Boolean),
        credential: aws ? { accessKeyId, secretAccessKey: secretKey } : { accessKeyId, secretKey }, options: aws ? { sshPort: '2222', consistencyWindowSeconds: '1' } : { cloud, consistencyWindowMs: '1000' }, ...more,
      },
    });
    if (answer.status !== 201) throw new Error(`no connection to ${cloud}: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  group(cloud: string, size: number, more: Partial<GroupBody> = {}): GroupBody {
    return { name: cloud, size, connection: cloud, region: regionOf(cloud), spec: specsOf(cloud)[0] as string, image: { osFamily: 'ubuntu' }, ...more };
  }

  /** Asks for an MCI of the default project. */
  create(name: string, groups: GroupBody[], more: Record<string, unknown> = {}, options: { key?: string; token?: string; base?: string } = {}): Promise<Answer> {
    return this.server.call('POST', options.base ?? MCIS, { body: { name, groups, ...more }, ...(options.token && { token: options.token }), ...(options.key && { headers: { 'idempotency-key': options.key } }) });
  }

  /** The same, waited for. @throws Error where it is refused. */
  async made(name: string, groups: GroupBody[], more: Record<string, unknown> = {}): Promise<Operation> {
    return this.ended(await this.create(name, groups, more));
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.server.call('POST', path.startsWith('/') ? path : `${MCIS}/${path}`, { body, headers });
  }

  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const answer = await this.server.call('GET', path.startsWith('/') ? path : `${MCIS}/${path}`);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /** The operation of a 202, or of an id, once it has ended. */
  async ended(of: Answer | string): Promise<Operation> {
    if (typeof of !== 'string' && of.status !== 202) throw new Error(`refused: ${of.status} ${JSON.stringify(of.body)}`);
    const id = typeof of === 'string' ? of : String(of.body.id);
    return this.until(`/v1/operations/${id}`, (operation: Operation) => ['succeeded', 'failed', 'cancelled'].includes(operation.state));
  }

  /** Looks until what is there is as wanted. @throws Error after 90 s, with what was seen last. */
  async until<T>(path: string, good: (body: T) => boolean): Promise<T> {
    let last: T | undefined;
    for (const limit = Date.now() + 90_000; Date.now() < limit; await delay(40)) {
      last = (await this.server.call('GET', path.startsWith('/') ? path : `${MCIS}/${path}`)).body as T;
      if (good(last)) return last;
    }
    throw new Error(`${path} stays ${JSON.stringify(last)}\n${this.server.log().slice(-2000)}`);
  }

  async vms(mci: string): Promise<Vm[]> {
    return (await this.get<{ items: Vm[] }>(`${mci}/vms?pageSize=200`)).items;
  }

  /** Deletes an MCI and waits until it is gone. */
  async delete(mci: string, base = MCIS): Promise<Operation> {
    const operation = await this.ended(await this.server.call('DELETE', `${base}/${mci}`));
    expect(operation).toMatchObject({ state: 'succeeded', errors: [] });
    return operation;
  }

  /** Rows of the domain by table. */
  async rows(): Promise<Record<string, number>> {
    const { rows } = await this.database.query<Record<string, number>>(`SELECT ${['mci', 'place', 'resource', 'vm_group', 'vm', 'mci_action'].map((table) => `(SELECT count(*)::integer FROM infra.${table}) AS ${table}`).join(', ')}`);
    return rows[0] as Record<string, number>;
  }

  /** Looks until the rows are as wanted. @throws Error after 90 s. */
  async untilRows(good: (rows: Record<string, number>) => boolean): Promise<void> {
    let last: Record<string, number> = {};
    for (const limit = Date.now() + 90_000; Date.now() < limit; await delay(20)) if (good((last = await this.rows()))) return;
    throw new Error(`the rows stay ${JSON.stringify(last)}`);
  }

  /** Nothing in any cloud and no row; clouds may need a moment to end what they were asked to end. */
  async expectNothingLeft(): Promise<void> {
    let things: BoxThing[] = [];
    const rows = await this.rows();
    for (const limit = Date.now() + (rows.mci === 0 ? 10_000 : 0); ; await delay(50)) {
      things = await this.box.things();
      if (things.length === 0 || Date.now() > limit) break;
    }
    if (rows.mci !== 0) await this.clear();
    expect(things.map(({ kind, cloud, name, state }) => `${cloud} ${kind} ${name} ${state}`)).toEqual([]);
    expect(rows).toEqual({ mci: 0, place: 0, resource: 0, vm_group: 0, vm: 0, mci_action: 0 });
  }

  /** Deletes what a failed test left, so that the next one is judged by itself. */
  private async clear(): Promise<void> {
    await this.box.setFaults();
    for (const { name } of (await this.get<{ items: { name: string }[] }>(`${MCIS}?pageSize=200`)).items) await this.ended(await this.server.call('DELETE', `${MCIS}/${name}`)).catch(() => undefined);
  }

  /** Ends the server and starts it again on its database and folder. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.server.kill(signal);
    const { stop } = this.server;
    const server = await startServer(this.environment, this.server);
    this.server = { ...server, stop: async () => { await server.kill(); await stop(); } };
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.server.stop();
    await this.box.stop();
  }
}

export const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
};
