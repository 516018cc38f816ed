import type { CreateVms, ListRequest, VmHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Addresses } from './address.js';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode, ifFound } from './errors.js';
import { flavorNamed } from './flavor.js';
import { freeAddress } from './fixed-address.js';
import { carries, listing, readByIds, readPage } from './pages.js';
import type { Server } from './servers.js';
import { IMAGE, serverLabels, tagsOfServer, vmStateOf } from './servers.js';
import { byToken, marked, toLabels } from './tags.js';
import { until } from './until.js';

const PATH = '/servers';
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
const read = async (door: Door, id: string): Promise<Server> => (await door.get<{ server: Server }>(pathOf(id))).server;
const act = (door: Door, id: string, action: object): Promise<unknown> => door.post(`${pathOf(id)}/action`, action);

/** Servers, one by one: Nova can make several by one request, but under names of its own and all or some. */
export function vms(cloud: OpenStack, addresses: Addresses): VmHandlers {
  const show = async (servers: Server[], region: string, signal: AbortSignal) => addresses.show(servers.filter((server) => vmStateOf(server) !== 'terminated'), region, signal);
  const list = async (request: ListRequest, signal: AbortSignal) => {
    const door = await cloud.door('compute', request.region, signal);
    if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
      const server = await ifFound(read(door, id));
      return server && (await show([server], request.region, signal))[0];
    });
    const tags = request.tags && Object.keys(request.tags).length > 0 ? toLabels(request.tags).join(',') : undefined;
    return readPage(request, [(query) => listing<Server>(door, `${PATH}/detail`, 'servers', { ...query, tags })], ({ id }) => id,
      (rows) => show(rows.filter((row) => carries(tagsOfServer(row), request.tags)), request.region, signal));
  };

  return {
    async create(request, signal) {
      const name = request.names[0];
      if (name === undefined || request.names.length !== 1) throw new DriverError('INVALID_REQUEST', 'One call makes one VM here.', { field: 'names' });
      const door = await cloud.door('compute', request.region, signal);
      const found = request.resume ? (await list({ region: request.region, tags: byToken(request.token) }, signal)).items : [];
      if (found.length > 0) return { items: found };
      const network = await cloud.door('network', request.region, signal);
      const [body] = await Promise.all([serverBody(cloud, door, network, request, name), request.publicAddress ? addresses.refuseIfFull(network) : undefined]);
      const { server: { id } } = await door.post<{ server: { id: string } }>(PATH, { server: body, ...(request.placementGroupId ? { 'os:scheduler_hints': { group: request.placementGroupId } } : {}) }).catch((error: unknown) => {
        throw withField(error);
      });
      return { items: await addresses.show([await read(door, id)], request.region, signal) };
    },

    async get({ region, id }, signal) {
      const [vm] = await addresses.show([await read(await cloud.door('compute', region, signal), id)], region, signal);
      return vm!;
    },

    list,

    /** From whatever rest it is at. */
    start: ({ region, id }, signal) => change(cloud, region, id, signal, 'running', { SHUTOFF: { 'os-start': null }, PAUSED: { unpause: null }, SUSPENDED: { resume: null }, SHELVED: { unshelve: null }, SHELVED_OFFLOADED: { unshelve: null } }),
    stop: ({ region, id }, signal) => change(cloud, region, id, signal, 'suspended', { ACTIVE: { 'os-stop': null } }),

    async reboot({ region, id }, signal) {
      const door = await cloud.door('compute', region, signal);
      await act(door, id, { reboot: { type: 'SOFT' } }).catch(async (error: unknown) => {
        if (!hasCode(error, 'CONFLICT') || vmStateOf(await read(door, id)) !== 'rebooting') throw error;
      });
    },

    async delete({ region, id }, signal) {
      const door = await cloud.door('compute', region, signal);
      await addresses.release(await cloud.door('network', region, signal), id);
      await deleted(door.delete(pathOf(id)));
    },

    /** Nova keeps the old size until the new one is confirmed, which this does; a call that was cut off goes on there. */
    async resize({ region, id, specId }, signal) {
      const door = await cloud.door('compute', region, signal);
      const server = await read(door, id);
      if (server.status !== 'VERIFY_RESIZE') {
        if (server.flavor.original_name === specId) return;
        await act(door, id, { resize: { flavorRef: (await flavorNamed(cloud, door, region, specId)).id } });
      } else if (server.flavor.original_name !== specId) {
        throw new DriverError('CONFLICT', `VM ${id} waits for its resize to ${server.flavor.original_name} to be confirmed: repeat that first.`, { providerCode: 'conflictingRequest' });
      }
      const reached = (holds: (now: Server) => boolean): Promise<Server> => until(signal, `The resize of VM ${id}`, async () => {
        const now = await read(door, id);
        return holds(now) ? now : undefined;
      });
      const resized = await reached((now) => now.status === 'VERIFY_RESIZE' || now.status === 'ERROR' || (now['OS-EXT-STS:task_state'] === null && now.status !== 'RESIZE'));
      if (resized.status !== 'VERIFY_RESIZE') throw new DriverError('OUT_OF_CAPACITY', `VM ${id} was not resized: ${resized.fault?.message ?? `it is ${resized.status} again`}.`, { providerCode: 'ResizeFailed' });
      await act(door, id, { confirmResize: null });
      await reached((now) => now.status !== 'VERIFY_RESIZE' && now['OS-EXT-STS:task_state'] === null);
    },
  };
}

/** What Nova is asked for. The root disk lies on the host where the flavor has one that is large enough, else on a volume that goes with the VM. */
async function serverBody(cloud: OpenStack, door: Door, network: Door, request: CreateVms, name: string): Promise<object> {
  const flavor = await flavorNamed(cloud, door, request.region, request.specId);
  const volume = flavor.disk === 0 || (request.rootDiskGiB ?? 0) > flavor.disk;
  const fixed_ip = await freeAddress(cloud, network, request);
  return {
    name, flavorRef: flavor.id, key_name: request.keyPairId, tags: serverLabels(marked(request), request.publicAddress), networks: [{ uuid: request.networkId, ...(fixed_ip ? { fixed_ip } : {}) }],
    security_groups: request.securityGroupIds.map((id) => ({ name: id })),
    ...(request.zone ? { availability_zone: request.zone } : {}),
    ...(request.userData ? { user_data: Buffer.from(request.userData).toString('base64') } : {}),
    ...(volume
      ? { metadata: { [IMAGE]: request.imageId }, block_device_mapping_v2: [{ boot_index: 0, uuid: request.imageId, source_type: 'image', destination_type: 'volume', volume_size: request.rootDiskGiB ?? await imageDisk(cloud, request, network), delete_on_termination: true }] }
      : { imageRef: request.imageId }),
  };
}

/** A volume must have a size: that of the image, and 10 GiB at least. */
async function imageDisk(cloud: OpenStack, { region, imageId }: CreateVms, { signal }: Door): Promise<number> {
  const image = await (await cloud.door('image', region, signal)).get<{ min_disk?: number; virtual_size?: number | null }>(`/images/${encodeURIComponent(imageId)}`);
  return Math.max(10, image.min_disk ?? 0, Math.ceil((image.virtual_size ?? 0) / 2 ** 30));
}

/** Does the action that belongs to the state a VM is in; where it is already as wanted, or on the way, nothing. */
async function change(cloud: OpenStack, region: string, id: string, signal: AbortSignal, goal: 'running' | 'suspended', actions: Record<string, object>): Promise<void> {
  const door = await cloud.door('compute', region, signal);
  const there = (server: Server): boolean => [goal, goal === 'running' ? 'resuming' : 'suspending'].includes(vmStateOf(server));
  const server = await read(door, id);
  if (there(server)) return;
  const action = actions[server.status];
  if (!action) throw new DriverError('CONFLICT', `VM ${id} is ${server.status}${server['OS-EXT-STS:task_state'] ? ` (${server['OS-EXT-STS:task_state']})` : ''}: wait until it came to rest.`, { providerCode: 'conflictingRequest' });
  await act(door, id, action).catch(async (error: unknown) => {
    if (!hasCode(error, 'CONFLICT') || !there(await read(door, id))) throw error;
  });
}

/** Nova names the field at fault in its sentence only; these two are what people get wrong. */
function withField(error: unknown): unknown {
  if (!hasCode(error, 'INVALID_REQUEST')) return error;
  const { message, detail } = error as DriverError;
  const field = /flavor/i.test(message) ? 'specId' : /image/i.test(message) ? 'imageId' : /zone/i.test(message) ? 'zone' : undefined;
  return field === undefined ? error : new DriverError('INVALID_REQUEST', message, { ...detail, field });
}
