import type { Disk, DiskHandlers, ResourceState, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode, ifFound } from './errors.js';
import { carries, listing, readAll, readByIds, readPage } from './pages.js';
import { byToken, isMarked, marked, shown } from './tags.js';

/** A volume as Cinder tells it. */
export interface Volume {
  id: string;
  name: string | null;
  status: string;
  size: number;
  availability_zone?: string;
  volume_type?: string | null;
  metadata?: Record<string, string>;
  attachments?: { server_id: string; device: string }[];
}

const PATH = '/volumes';
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
export const readVolume = async (door: Door, id: string): Promise<Volume> => (await door.get<{ volume: Volume }>(pathOf(id))).volume;
/** Metadata of Cinder takes our tags as they are, in the create and as a filter. */
export const metadataFilter = (tags: Tags | undefined): string | undefined => (tags && Object.keys(tags).length > 0 ? JSON.stringify(tags) : undefined);

const STATES: Record<string, ResourceState> = { available: 'available', 'in-use': 'in-use', deleting: 'deleting', error: 'failed', error_deleting: 'failed', error_restoring: 'failed', error_extending: 'failed' };
/** The first device of a VM is its root disk, which is no disk of its own; the ones that we made never are. */
const isRoot = (volume: Volume): boolean => !isMarked(volume.metadata ?? {}) && (volume.attachments ?? []).some(({ device }) => /^\/dev\/(vd|sd|hd|xvd)a\d*$/.test(device ?? ''));

function toDisk(volume: Volume, region: string): Disk {
  const attachment = volume.attachments?.[0];
  return {
    id: volume.id, name: volume.name ?? '', region, tags: shown(volume.metadata ?? {}), providerState: volume.status, state: STATES[volume.status] ?? 'pending', sizeGiB: volume.size,
    ...(volume.availability_zone ? { zone: volume.availability_zone } : {}), ...(volume.volume_type ? { type: volume.volume_type } : {}),
    ...(attachment ? { vmId: attachment.server_id, ...(attachment.device ? { device: attachment.device } : {}) } : {}),
  };
}

/** Cinder's volumes beside the root disks; Nova ties them to servers. */
export function disks(cloud: OpenStack): DiskHandlers {
  const door = (region: string, signal: AbortSignal): Promise<Door> => cloud.door('volume', region, signal);
  const nova = (region: string, signal: AbortSignal): Promise<Door> => cloud.door('compute', region, signal);
  return {
    async create(request, signal) {
      const cinder = await door(request.region, signal);
      const [found] = request.resume ? await readAll((query) => listing<Volume>(cinder, `${PATH}/detail`, 'volumes', { ...query, metadata: metadataFilter(byToken(request.token)) }), ({ id }) => id) : [];
      const zone = await zoneFor(cloud, cinder, request.region, request.zone);
      const volume = found ?? (await cinder.post<{ volume: Volume }>(PATH, {
        volume: { size: request.sizeGiB, name: request.name, metadata: marked(request), ...(zone ? { availability_zone: zone } : {}), ...(request.type ? { volume_type: request.type } : {}), ...(request.snapshotId ? { snapshot_id: request.snapshotId } : {}) },
      })).volume;
      return toDisk(volume, request.region);
    },

    async get({ region, id }, signal) {
      return toDisk(await readVolume(await door(region, signal), id), region);
    },

    async list(request, signal) {
      const cinder = await door(request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const volume = await ifFound(readVolume(cinder, id));
        return volume && !isRoot(volume) ? toDisk(volume, request.region) : undefined;
      });
      const page = (query: { limit: number; marker?: string }) => listing<Volume>(cinder, `${PATH}/detail`, 'volumes', { ...query, metadata: metadataFilter(request.tags) });
      return readPage(request, [page], ({ id }) => id, (rows) => rows.filter((volume) => !isRoot(volume) && carries(volume.metadata ?? {}, request.tags)).map((volume) => toDisk(volume, request.region)));
    },

    async delete({ region, id }, signal) {
      const cinder = await door(region, signal);
      const volume = await ifFound(readVolume(cinder, id));
      if (!volume || volume.status === 'deleting') return;
      if ((volume.attachments ?? []).length > 0) throw new DriverError('IN_USE', `Disk ${id} is attached to VM ${volume.attachments![0]!.server_id}: detach it first.`, { providerCode: 'InvalidVolume' });
      const { rows: snapshots } = await listing<{ id: string }>(cinder, '/snapshots', 'snapshots', { volume_id: id, limit: 5 });
      if (snapshots.length > 0) throw new DriverError('IN_USE', `Disk ${id} still has snapshots: ${snapshots.map((snapshot) => snapshot.id).join(', ')}.`, { providerCode: 'InvalidVolume' });
      await deleted(cinder.delete(pathOf(id)));
    },

    async attach({ region, id, vmId }, signal) {
      const cinder = await door(region, signal);
      const volume = await readVolume(cinder, id);
      const [holder] = volume.attachments ?? [];
      if (holder && holder.server_id !== vmId) throw new DriverError('IN_USE', `Disk ${id} is attached to VM ${holder.server_id}: detach it first.`, { providerCode: 'InvalidVolume' });
      if (!holder) {
        await (await nova(region, signal)).post(`/servers/${encodeURIComponent(vmId)}/os-volume_attachments`, { volumeAttachment: { volumeId: id } }).catch(async (error: unknown) => {
          if (!hasCode(error, 'CONFLICT', 'INVALID_REQUEST') || (await readVolume(cinder, id)).attachments?.[0]?.server_id !== vmId) throw error;
        });
      }
      return toDisk(await readVolume(cinder, id), region);
    },

    async detach({ region, id }, signal) {
      const cinder = await door(region, signal);
      const volume = await readVolume(cinder, id);
      const [holder] = volume.attachments ?? [];
      if (holder && volume.status !== 'detaching') await deleted((await nova(region, signal)).delete(`/servers/${holder.server_id}/os-volume_attachments/${id}`));
      return toDisk(holder ? await readVolume(cinder, id) : volume, region);
    },

    async resize({ region, id, sizeGiB }, signal) {
      const cinder = await door(region, signal);
      const volume = await readVolume(cinder, id);
      if (volume.size === sizeGiB) return toDisk(volume, region);
      await cinder.post(`${pathOf(id)}/action`, { 'os-extend': { new_size: sizeGiB } });
      return toDisk(await readVolume(cinder, id), region);
    },
  };
}

/** Cinder's zones are not Nova's: a zone that it does not know is left to it. */
async function zoneFor(cloud: OpenStack, door: Door, region: string, wanted: string | undefined): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  const zones = await cloud.remember(`volume-zones/${region}`, 600_000, async () => (await door.get<{ availabilityZoneInfo: { zoneName: string }[] }>('/os-availability-zone')).availabilityZoneInfo);
  return zones.some(({ zoneName }) => zoneName === wanted) ? wanted : undefined;
}
