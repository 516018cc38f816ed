import { type ApiClient, ApiProblem, readAll, watchOperation } from '../client.js';

/** Where the cloud in a box answers. */
export interface Box { control: string; wires: Record<string, string> }
/** One of the ten places of the demonstration. */
export interface DemoPlace { cloud: string; connection: string; region: string; spec: string; image: string }

interface SimulatedCloud { cloud: string; region: string; connection: string }

/** Has the server connect the ten clouds of its box, or point the connections of an earlier run at where the box answers now. */
export async function connect(client: ApiClient): Promise<{ made: number; found: number }> {
  const known = new Set((await readAll<{ id: string }>(client, '/v1/connections')).map(({ id }) => id));
  const { connections } = await client.post<{ connections: { id: string }[] }>('/v1/simulated-clouds', {});
  const found = connections.filter(({ id }) => known.has(id)).length;
  return { made: connections.length - found, found };
}

/** The cheapest spec of 2 vCPU with a Linux image, in one region of each cloud; `tell` hears how many regions are read. */
export async function choosePlaces(client: ApiClient, tell: (read: number, total: number) => void = () => undefined): Promise<DemoPlace[]> {
  let read = 0;
  const { items } = await client.get<{ items: SimulatedCloud[] }>('/v1/simulated-clouds');
  return Promise.all(items.map(async ({ cloud, region, connection }) => {
    const { spec, image } = await cheapest(client, connection, region);
    tell(++read, items.length);
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
