import type { ResourceState, Snapshot, SnapshotHandlers } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { metadataFilter } from './disk.js';
import { deleted, ifFound } from './errors.js';
import { carries, listing, readAll, readByIds, readPage } from './pages.js';
import { byToken, marked, shown } from './tags.js';

interface CinderSnapshot { id: string; name: string | null; status: string; size: number; volume_id: string; created_at?: string; metadata?: Record<string, string>; 'os-extended-snapshot-attributes:progress'?: string }

const PATH = '/snapshots';
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
const STATES: Record<string, ResourceState> = { available: 'available', deleting: 'deleting', error: 'failed', error_deleting: 'failed' };
/** Cinder tells times in UTC without saying so. */
const timeOf = (time: string): string => (/Z$|[+-]\d\d:\d\d$/.test(time) ? time : `${time}Z`);

const toSnapshot = (snapshot: CinderSnapshot, region: string): Snapshot => {
  const progress = Number.parseInt(snapshot['os-extended-snapshot-attributes:progress'] ?? '', 10);
  return {
    id: snapshot.id, name: snapshot.name ?? '', region, tags: shown(snapshot.metadata ?? {}), providerState: snapshot.status, state: STATES[snapshot.status] ?? 'pending', diskId: snapshot.volume_id, sizeGiB: snapshot.size,
    ...(snapshot.created_at ? { createdAt: timeOf(snapshot.created_at) } : {}), ...(Number.isFinite(progress) ? { progressPercent: progress } : {}),
  };
};

/** Cinder's snapshots, also of disks that are in use. */
export function snapshots(cloud: OpenStack): SnapshotHandlers {
  const read = async (door: Door, id: string): Promise<CinderSnapshot> => (await door.get<{ snapshot: CinderSnapshot }>(pathOf(id))).snapshot;
  return {
    async create(request, signal) {
      const door = await cloud.door('volume', request.region, signal);
      const [found] = request.resume ? await readAll((query) => listing<CinderSnapshot>(door, `${PATH}/detail`, 'snapshots', { ...query, metadata: metadataFilter(byToken(request.token)) }), ({ id }) => id) : [];
      return toSnapshot(found ?? (await door.post<{ snapshot: CinderSnapshot }>(PATH, { snapshot: { volume_id: request.diskId, name: request.name, metadata: marked(request), force: true } })).snapshot, request.region);
    },

    async get({ region, id }, signal) {
      return toSnapshot(await read(await cloud.door('volume', region, signal), id), region);
    },

    async list(request, signal) {
      const door = await cloud.door('volume', request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const snapshot = await ifFound(read(door, id));
        return snapshot && toSnapshot(snapshot, request.region);
      });
      const page = (query: { limit: number; marker?: string }) => listing<CinderSnapshot>(door, `${PATH}/detail`, 'snapshots', { ...query, metadata: metadataFilter(request.tags) });
      return readPage(request, [page], ({ id }) => id, (rows) => rows.filter((row) => carries(row.metadata ?? {}, request.tags)).map((row) => toSnapshot(row, request.region)));
    },

    async delete({ region, id }, signal) {
      const door = await cloud.door('volume', region, signal);
      const snapshot = await ifFound(read(door, id));
      if (snapshot && snapshot.status !== 'deleting') await deleted(door.delete(pathOf(id)));
    },
  };
}
