import { type ApiClient, ApiProblem, readAll, watchOperation } from '../client.js';

/** Where the cloud in a box answers. */
export interface Box { control: string; wires: Record<string, string> }
/** One of the ten places of the demonstration. */
export interface DemoPlace { cloud: string; connection: string; region: string; spec: string; image: string }

/** A region of each cloud, spread over the world. */
const PLACES: [cloud: string, region: string][] = [
  ['aws', 'us-east-1'], ['azure', 'westeurope'], ['gcp', 'asia-northeast3'], ['alibaba', 'ap-southeast-1'], ['tencent', 'ap-tokyo'],
  ['ibm', 'eu-de'], ['ncp', 'KR'], ['nhn', 'KR1'], ['kt', 'KR1'], ['openstack', 'RegionOne'],
];
const ACCOUNT: Record<string, string> = { aws: '111122223333' };

interface Connection { id: string; name: string; endpoint: string | null }

/** Makes a connection to each of the ten clouds, or points the ones of an earlier run at where the box answers now. */
export async function connect(client: ApiClient, box: Box): Promise<{ made: number; found: number }> {
  const known = new Map((await readAll<Connection>(client, '/v1/connections')).map((connection) => [connection.name, connection]));
  const counts = { made: 0, found: 0 };
  await Promise.all(PLACES.map(async ([cloud]) => {
    const name = `${cloud}-demo`;
    const endpoint = (cloud === 'aws' ? box.wires.ec2 : box.wires.plain) as string;
    const existing = known.get(name);
    if (existing) {
      counts.found += 1;
      if (existing.endpoint !== endpoint) await client.call('PATCH', `/v1/connections/${existing.id}`, { endpoint });
      return;
    }
    const { accessKeyId, secretKey } = (await (await fetch(`${box.control}/control/credential?cloud=${cloud}&account=${ACCOUNT[cloud] ?? 'demo'}`)).json()) as { accessKeyId: string; secretKey: string };
    await client.post('/v1/connections', cloud === 'aws'
      ? { name, driver: 'aws', endpoint, credential: { accessKeyId, secretAccessKey: secretKey }, options: { sshPort: '2222' }, sync: false }
      : { name, driver: 'simulator', endpoint, credential: { accessKeyId, secretKey }, options: { cloud }, sync: false });
    counts.made += 1;
  }));
  return counts;
}

/** The cheapest spec of 2 vCPU with a Linux image, in one region of each cloud; `tell` hears how many regions are read. */
export async function choosePlaces(client: ApiClient, tell: (read: number, total: number) => void = () => undefined): Promise<DemoPlace[]> {
  let read = 0;
  return Promise.all(PLACES.map(async ([cloud, region]) => {
    const connection = `${cloud}-demo`;
    const { spec, image } = await cheapest(client, connection, region);
    tell(++read, PLACES.length);
    return { cloud, connection, region, spec, image };
  }));
}

async function cheapest(client: ApiClient, connection: string, region: string): Promise<{ spec: string; image: string }> {
  const where = `connection=${connection}&region=${encodeURIComponent(region)}`;
  const find = async () => {
    const specs = await client.get<{ items: { id: string; architecture: string }[] }>(`/v1/specs?${where}&vcpu=2&architecture=amd64&sort=price&pageSize=1`);
    const images = await client.get<{ items: { id: string; osFamily: string }[] }>(`/v1/images?${where}&architecture=amd64&pageSize=100`);
    const image = images.items.find((item) => item.osFamily === 'ubuntu') ?? images.items[0];
    return specs.items[0] && image ? { spec: specs.items[0].id, image: image.id } : undefined;
  };
  const known = await find();
  if (known) return known;
  // Nothing read of this region yet: read it, and it alone; or wait for an earlier run's reading, which goes on by itself.
  const { id } = await client.post<{ id: string }>(`/v1/connections/${connection}/sync`, { regions: [region] }).catch((error: unknown) => {
    if (error instanceof ApiProblem && typeof error.body.operationId === 'string') return { id: error.body.operationId };
    throw error;
  });
  const { message, errors } = await watchOperation(client, id, () => undefined);
  const found = await find();
  if (!found) throw new Error(`${connection} offers no 2 vCPU spec with a Linux image in ${region}: ${[message, ...errors.map((error) => error.message)].filter(Boolean).join('; ')}`);
  return found;
}
