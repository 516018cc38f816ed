import { type ApiClient, readAll } from '../../src/cli/client.js';
import type { Fault } from '../../drivers/simulator/world/types.js';
import type { Box } from './box.js';
import type { ListedVm } from './count.js';

/** One group: a cloud, how many VMs, and whether through the AWS driver and the EC2 wire. */
const GROUPS: { cloud: string; size: number }[] = [{ cloud: 'aws', size: 4 }, { cloud: 'azure', size: 2 }, { cloud: 'gcp', size: 2 }, { cloud: 'alibaba', size: 3 }, { cloud: 'openstack', size: 2 }, { cloud: 'ncp', size: 3 }];
/** VMs of one cycle. */
export const VMS = GROUPS.reduce((sum, group) => sum + group.size, 0);
export const BASE = '/v1/projects/default/mcis';

/** Makes the connections, and the body that each cycle's MCI is made from. */
export async function prepare(client: ApiClient, box: Box): Promise<Record<string, unknown>> {
  const clouds = (await (await fetch(`${box.control}/control/clouds`)).json()) as { cloud: string; regions: { id: string }[] }[];
  const groups = [];
  for (const { cloud, size } of GROUPS) {
    const region = clouds.find((item) => item.cloud === cloud)?.regions[0]?.id as string;
    const { accessKeyId, secretKey } = await box.credential(cloud, cloud === 'aws' ? '111122223333' : 'crash');
    const aws = cloud === 'aws';
    await client.post('/v1/connections', {
      name: cloud, driver: aws ? 'aws' : 'simulator', endpoint: aws ? box.wires.ec2 : box.wires.plain, sync: false, regions: [region],
      credential: aws ? { accessKeyId, secretAccessKey: secretKey } : { accessKeyId, secretKey }, options: aws ? { sshPort: '2222', consistencyWindowSeconds: '2' } : { cloud, consistencyWindowMs: '1500' },
    });
    const spec = await firstOf(client, `/v1/specs?connection=${cloud}&region=${region}&architecture=amd64&vcpu=2&sort=price`, cloud, region);
    const image = await firstOf(client, `/v1/images?connection=${cloud}&region=${region}&architecture=amd64`, cloud, region);
    groups.push({ name: cloud, size, connection: cloud, region, spec, image });
  }
  return { onPartialFailure: 'continue', groups };
}

async function firstOf(client: ApiClient, path: string, connection: string, region: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await client.get<{ items: { id: string }[] }>(`${path}&pageSize=1`);
    if (items[0]) return items[0].id;
    if (tries === 0) {
      const { items: connections } = await client.get<{ items: { id: string; name: string }[] }>('/v1/connections?pageSize=200');
      await client.post(`/v1/connections/${connections.find((item) => item.name === connection)?.id}/sync`, { regions: [region] }).catch(() => undefined);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`nothing at ${path}`);
}

/** The faults that go on all the while, drawn by the box's own seed. */
export function weather(): Fault[] {
  return [
    { method: '*.create', effect: { type: 'lost-answer' }, probability: 0.04 },
    { method: '*', effect: { type: 'dropped-request' }, probability: 0.02 },
    { method: '*', effect: { type: 'error', code: 'UNAVAILABLE' }, probability: 0.02 },
    { method: '*', effect: { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 150 }, probability: 0.02 },
    { method: 'vm.create', effect: { type: 'half-made' }, probability: 0.02 },
    { method: '*.delete', effect: { type: 'slow-delete', ms: 300 }, probability: 0.05 },
    { method: '*.create', effect: { type: 'unseen', ms: 400 }, probability: 0.1 },
  ];
}

/** All VMs of an MCI as listed; empty where the MCI is gone. */
export async function listVms(client: ApiClient, name: string): Promise<ListedVm[]> {
  try {
    return await readAll<ListedVm & Record<string, unknown>>(client, `${BASE}/${name}/vms`);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return [];
    throw error;
  }
}
