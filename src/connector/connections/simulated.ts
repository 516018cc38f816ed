import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../../kernel/problem.js';
import { CONFIG, type Config } from '../../platform/index.js';
import { ConnectionRow } from '../connector.entities.js';
import { Connections } from './connections.js';

/** A cloud of the box, and the region of it that is read first. */
interface Simulated { cloud: string; region: string; connection: string }

/** A region of each cloud, spread over the world; the large clouds first, since a first MCI takes the first ones. */
const PLACES: Simulated[] = [
  ['aws', 'us-east-1'], ['azure', 'westeurope'], ['ncp', 'KR'], ['gcp', 'asia-northeast3'], ['alibaba', 'ap-southeast-1'],
  ['tencent', 'ap-tokyo'], ['ibm', 'eu-de'], ['nhn', 'KR1'], ['kt', 'KR1'], ['openstack', 'RegionOne'],
].map(([cloud, region]) => ({ cloud: cloud as string, region: region as string, connection: `${cloud}-demo` }));
/** AWS accounts have twelve digits. */
const ACCOUNT: Record<string, string> = { aws: '111122223333' };
const DEADLINE_MS = 10_000;

/** Connections to the clouds of the box that this server was started beside; without one there are none. */
@Injectable()
export class SimulatedClouds {
  constructor(@Inject(CONFIG) private readonly config: Config, @Inject(Connections) private readonly connections: Connections) {}

  /** The clouds that may be connected; empty where this server has no box. */
  list(): Simulated[] {
    return this.config.simulatedClouds ? PLACES : [];
  }

  /**
   * Connects what is not connected yet, and points the others at where the box answers now; `also` runs in the transaction of each, e.g. to begin a sync.
   * @throws Problem UNSUPPORTED where this server has no box, UNAVAILABLE where the box does not answer.
   */
  async connect(workspaceId: string, createdBy: string, also: (manager: EntityManager, row: ConnectionRow, region: string) => Promise<void>): Promise<ConnectionRow[]> {
    const box = this.config.simulatedClouds;
    if (!box) throw new Problem('UNSUPPORTED', 'This server was started without simulated clouds: start it by `npm run try`, or connect a cloud of your own by POST /v1/connections.');
    return Promise.all(PLACES.map(async ({ cloud, region, connection: name }) => {
      const endpoint = (cloud === 'aws' ? box.wires.ec2 : box.wires.plain) as string;
      const known = await this.connections.require([workspaceId], name).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
        throw error;
      });
      if (known) return known.endpoint === endpoint ? known : this.connections.update(known, { endpoint }, true);
      const { accessKeyId, secretKey } = await this.credential(box.control, cloud);
      return this.connections.create(cloud === 'aws'
        ? { workspaceId, createdBy, name, driver: 'aws', endpoint, credential: { accessKeyId, secretAccessKey: secretKey }, options: { sshPort: '2222' } }
        : { workspaceId, createdBy, name, driver: 'simulator', endpoint, credential: { accessKeyId, secretKey }, options: { cloud } }, true, (manager, row) => also(manager, row, region));
    }));
  }

  private async credential(control: string, cloud: string): Promise<{ accessKeyId: string; secretKey: string }> {
    try {
      const answer = await fetch(`${control}/control/credential?cloud=${cloud}&account=${ACCOUNT[cloud] ?? 'demo'}`, { signal: AbortSignal.timeout(DEADLINE_MS) });
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      return (await answer.json()) as { accessKeyId: string; secretKey: string };
    } catch (cause) {
      throw new Problem('UNAVAILABLE', `The simulated clouds do not answer: ${cause instanceof Error ? cause.message : String(cause)}. They end with the program that started them; start it again.`, { cause });
    }
  }
}
