import { type ApiClient, readAll, watchOperation } from '../../src/cli/client.js';
import type { Stage } from './stage.js';

const CLOUDS = ['aws', 'azure', 'gcp', 'alibaba', 'tencent', 'ibm', 'openstack', 'aws', 'azure', 'gcp'];

/** A group of an MCI as it is asked for. */
export interface Group { name: string; size: number; connection: string; region: string; spec: string; image: string }

/** Connections of the simulated clouds through the plain wire, AWS through the real driver and the EC2 wire. @returns regions by cloud. */
export async function connectAll({ api, control, wires }: Stage): Promise<Map<string, string[]>> {
  const clouds = (await (await fetch(`${control}/control/clouds`)).json()) as { cloud: string; regions: { id: string }[] }[];
  const regions = new Map(clouds.map((item) => [item.cloud, item.regions.map((region) => region.id)]));
  for (const cloud of new Set(CLOUDS)) {
    const aws = cloud === 'aws';
    const { accessKeyId, secretKey } = (await (await fetch(`${control}/control/credential?cloud=${cloud}&account=${aws ? '111122223333' : 'bench'}`)).json()) as { accessKeyId: string; secretKey: string };
    await api.post('/v1/connections', { name: cloud, driver: aws ? 'aws' : 'simulator', endpoint: aws ? wires.ec2 : wires.plain, sync: false, credential: aws ? { accessKeyId, secretAccessKey: secretKey } : { accessKeyId, secretKey }, options: aws ? {} : { cloud } });
  }
  return regions;
}

/** Groups of equal size, one per region, going round the clouds. */
export async function groupsOf(api: ApiClient, regions: Map<string, string[]>, count: number, size: number): Promise<Group[]> {
  const next = new Map<string, number>();
  const places: { cloud: string; region: string }[] = [];
  for (let index = 0; places.length < count && index < 1000; index++) {
    const cloud = CLOUDS[index % CLOUDS.length] as string;
    const at = next.get(cloud) ?? 0;
    const region = regions.get(cloud)?.[at];
    next.set(cloud, at + 1);
    if (region) places.push({ cloud, region });
  }
  const groups: Group[] = [];
  for (const [index, { cloud, region }] of places.entries()) {
    const { id } = (await readAll<{ id: string; name: string }>(api, '/v1/connections')).find((item) => item.name === cloud) as { id: string };
    const where = `connection=${cloud}&region=${encodeURIComponent(region)}&architecture=amd64`;
    const find = async (path: string): Promise<string | undefined> => (await api.get<{ items: { id: string }[] }>(`${path}&pageSize=1`)).items[0]?.id;
    if (!(await find(`/v1/specs?${where}`))) await watchOperation(api, (await api.post<{ id: string }>(`/v1/connections/${id}/sync`, { regions: [region] })).id, () => undefined, 50);
    groups.push({ name: `g${index}-${cloud}`, size, connection: cloud, region, spec: (await find(`/v1/specs?${where}&vcpu=2&sort=price`)) as string, image: (await find(`/v1/images?${where}`)) as string });
  }
  return groups;
}
