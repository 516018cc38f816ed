import type { CustomImage, CustomImageHandlers, ResourceState, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode, ifFound } from './errors.js';
import type { GlanceImage } from './image.js';
import { carries, listing, readAll, readByIds, readPage } from './pages.js';
import type { Server } from './servers.js';
import { byToken, describe, described, marked, shown } from './tags.js';
import { until } from './until.js';

interface Made extends GlanceImage { instance_uuid?: string; block_device_mapping?: string; mcmp_tags?: string }

/** Property that carries the tags. */
const TAGS = 'mcmp_tags';
/** In it: the VM that the image was made of. An image of a VM inherits the properties of the image that the VM came from, ours too; by this they are told apart. */
const VM = 'mcmp-vm';
const STATES: Record<string, ResourceState> = { active: 'available', killed: 'failed', deactivated: 'failed', deleted: 'deleting', pending_delete: 'deleting' };

function tagsIn(image: Made): Tags {
  const { [VM]: vmId, ...tags } = described(image.mcmp_tags) ?? {};
  return vmId !== undefined && (image.instance_uuid === undefined || image.instance_uuid === vmId) ? tags : {};
}
const vmOf = (image: Made): string | undefined => image.instance_uuid ?? described(image.mcmp_tags)?.[VM];

const toCustomImage = (image: Made, region: string): CustomImage => ({
  id: image.id, name: image.name ?? '', region, tags: shown(tagsIn(image)), providerState: image.status, state: STATES[image.status] ?? 'pending', architecture: /aarch64|arm64/i.test(image.architecture ?? '') ? 'arm64' : 'amd64',
  ...(vmOf(image) ? { vmId: vmOf(image) } : {}), ...(image.min_disk ? { minDiskGiB: image.min_disk } : {}), ...(image.created_at ? { createdAt: image.created_at } : {}),
});

/** Images that Nova makes of this project's VMs. */
export function customImages(cloud: OpenStack): CustomImageHandlers {
  const read = async (door: Door, id: string): Promise<Made> => {
    const image = await door.get<Made>(`/images/${encodeURIComponent(id)}`);
    if (isCustom(image)) return image;
    throw new DriverError('NOT_FOUND', `Image ${id} was not made of a VM of this project.`, { providerCode: 'NotFound' });
  };
  const page = (door: Door) => async (query: { limit: number; marker?: string }) => listing<Made>(door, '/images', 'images', { ...query, owner: door.projectId, visibility: 'private', sort: 'created_at:desc,id:desc' });
  return {
    async create(request, signal) {
      const door = await cloud.door('image', request.region, signal);
      const found = request.resume ? (await readAll(page(door), ({ id }) => id)).find((image) => carries(tagsIn(image), byToken(request.token))) : undefined;
      if (found) return toCustomImage(found, request.region);
      const nova = await cloud.door('compute', request.region, signal);
      const metadata = { [TAGS]: describe({ ...marked(request), [VM]: request.vmId }) };
      // Nova tells an image as active a moment before its VM is free for the next one.
      await until(signal, `Another image of VM ${request.vmId}`, async () => {
        const { server } = await nova.get<{ server: Pick<Server, 'OS-EXT-STS:task_state'> }>(`/servers/${encodeURIComponent(request.vmId)}`);
        return server['OS-EXT-STS:task_state']?.startsWith('image_') ? undefined : true;
      });
      const { image_id } = await nova.post<{ image_id: string }>(`/servers/${encodeURIComponent(request.vmId)}/action`, { createImage: { name: request.name, metadata } });
      return toCustomImage(await door.get<Made>(`/images/${image_id}`), request.region);
    },

    async get({ region, id }, signal) {
      return toCustomImage(await read(await cloud.door('image', region, signal), id), region);
    },

    async list(request, signal) {
      const door = await cloud.door('image', request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const image = await ifFound(read(door, id));
        return image && toCustomImage(image, request.region);
      });
      return readPage(request, [page(door)], ({ id }) => id, (rows) => rows.filter((image) => isCustom(image) && carries(tagsIn(image), request.tags)).map((image) => toCustomImage(image, request.region)));
    },

    /** That of a VM whose root disk is a volume is an empty image and snapshots: they go after it. */
    async delete({ region, id }, signal) {
      const door = await cloud.door('image', region, signal);
      const image = await ifFound(door.get<Made>(`/images/${encodeURIComponent(id)}`));
      if (!image) return;
      const mappings = JSON.parse(image.block_device_mapping ?? '[]') as { snapshot_id?: string }[];
      const cinder = mappings.length > 0 ? await cloud.door('volume', region, signal) : undefined;
      for (const { snapshot_id } of mappings) if (snapshot_id) await deleted(cinder!.delete(`/snapshots/${snapshot_id}`));
      await deleted(door.delete(`/images/${encodeURIComponent(id)}`)).catch((error: unknown) => {
        throw hasCode(error, 'CONFLICT') ? new DriverError('IN_USE', (error as DriverError).message, (error as DriverError).detail) : error;
      });
    },
  };
}

const isCustom = (image: Made): boolean => image.image_type === 'snapshot' || image.instance_uuid !== undefined || image.mcmp_tags !== undefined || image.block_device_mapping !== undefined;

/** Changes the tags of an image; Glance takes changes of single properties as JSON patches. */
export async function retagImage(door: Door, id: string, change: (tags: Tags) => Tags): Promise<void> {
  const image = await door.get<Made>(`/images/${encodeURIComponent(id)}`);
  const value = describe({ ...change(tagsIn(image)), [VM]: vmOf(image) ?? '' });
  await door.patch(`/images/${encodeURIComponent(id)}`, [{ op: image.mcmp_tags === undefined ? 'add' : 'replace', path: `/${TAGS}`, value }]);
}
