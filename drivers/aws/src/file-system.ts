import type { FileSystemDescription, MountTargetDescription } from '@aws-sdk/client-efs';
import type { FileSystem, FileSystemHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { Aws, Service } from './client.js';
import { deleted, failedWith } from './errors.js';
import { each, readPageOfAll } from './listing.js';
import { markOf, nameOf, present, stateOf, tagsOf, toTags } from './map.js';
import { readAll } from './pages.js';

type Efs = Service<'elasticfilesystem'>;
const POLL_MS = 1_000;
/** Time in which a call waits for a file system to be there or for its mount targets to go; both take AWS a minute at most, as a rule. */
const PATIENCE_MS = 90_000;

/** File systems of EFS, which grow by themselves, with a mount target in the zone of each subnet. The creation token is ours, so that a create may be repeated and goes on. */
export function fileSystems(aws: Aws): FileSystemHandlers {
  return {
    async create(request, signal) {
      if (request.protocol !== 'nfs') throw new DriverError('UNSUPPORTED', 'EFS speaks NFS only.', { field: 'protocol' });
      const efs = await aws.service('elasticfilesystem', request.region, signal);
      const CreationToken = markOf(request.token);
      const made = await efs.send(new efs.CreateFileSystemCommand({ CreationToken, Encrypted: true, Tags: toTags({ ...request.tags, Name: request.name }) as { Key: string; Value: string }[] })).catch(async (error: unknown) => {
        if (!failedWith(error, 'FileSystemAlreadyExists')) throw error;
        const { FileSystems = [] } = await efs.send(new efs.DescribeFileSystemsCommand({ CreationToken }));
        if (!FileSystems[0]) throw error;
        return FileSystems[0];
      });
      const id = made.FileSystemId ?? '';
      await until(signal, `The file system ${id} is not there yet`, async () => (await read(efs, id)).LifeCycleState === 'available');
      for (const SubnetId of request.subnetIds) {
        await efs.send(new efs.CreateMountTargetCommand({ FileSystemId: id, SubnetId, ...(request.securityGroupIds.length > 0 && { SecurityGroups: request.securityGroupIds }) })).catch((error: unknown) => {
          // One of this zone is there already: of an earlier call, or of another subnet.
          if (!failedWith(error, 'MountTargetConflict')) throw error;
        });
      }
      return toFileSystem(efs, await read(efs, id), request.region);
    },

    async get({ region, id }, signal) {
      const efs = await aws.service('elasticfilesystem', region, signal);
      return toFileSystem(efs, await read(efs, id), region);
    },

    async list(request, signal) {
      const efs = await aws.service('elasticfilesystem', request.region, signal);
      return readPageOfAll(request, [1, 25], async ({ MaxResults, NextToken }) => {
        const { FileSystems = [], NextMarker } = await efs.send(new efs.DescribeFileSystemsCommand({ MaxItems: MaxResults, ...present({ Marker: NextToken }) }));
        return { items: await each(FileSystems, (one) => toFileSystem(efs, one, request.region)), next: NextMarker };
      });
    },

    async delete({ region, id }, signal) {
      const efs = await aws.service('elasticfilesystem', region, signal);
      await deleted(until(signal, `Mount targets of ${id} are still going`, async () => {
        const mounts = await mountsOf(efs, id);
        for (const { MountTargetId, LifeCycleState } of mounts) if (LifeCycleState !== 'deleting') await deleted(efs.send(new efs.DeleteMountTargetCommand({ MountTargetId })));
        return mounts.length === 0;
      }));
      await deleted(efs.send(new efs.DeleteFileSystemCommand({ FileSystemId: id })));
    },
  };
}

/** Looks until it is so; CONFLICT where it takes too long, since the whole call may be repeated. */
async function until(signal: AbortSignal, lacking: string, look: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await look()); waitedMs += POLL_MS) {
    if (waitedMs >= PATIENCE_MS) throw new DriverError('CONFLICT', `${lacking}: repeat the call.`);
    await wait(POLL_MS, undefined, { signal }).catch(() => { throw new DriverError('CONFLICT', `${lacking}: repeat the call.`); });
  }
}

async function read(efs: Efs, id: string): Promise<FileSystemDescription> {
  const { FileSystems = [] } = await efs.send(new efs.DescribeFileSystemsCommand({ FileSystemId: id }));
  if (!FileSystems[0]) throw new DriverError('NOT_FOUND', `There is no file system ${id} in this region.`, { providerCode: 'FileSystemNotFound' });
  return FileSystems[0];
}

const mountsOf = (efs: Efs, FileSystemId: string): Promise<MountTargetDescription[]> => readAll(100, async ({ MaxResults, NextToken }) => {
  const { MountTargets = [], NextMarker } = await efs.send(new efs.DescribeMountTargetsCommand({ FileSystemId, MaxItems: MaxResults, ...present({ Marker: NextToken }) }));
  return { items: MountTargets, next: NextMarker };
});

async function toFileSystem(efs: Efs, described: FileSystemDescription, region: string): Promise<FileSystem> {
  const id = described.FileSystemId ?? '';
  const mounts = await mountsOf(efs, id);
  const state = mounts.some(({ LifeCycleState }) => LifeCycleState === 'creating') ? 'pending' : stateOf(described.LifeCycleState);
  return {
    id, name: nameOf(described.Tags, id), region, tags: tagsOf(described.Tags), providerState: described.LifeCycleState ?? 'unknown', state, protocol: 'nfs',
    mounts: mounts.map(({ SubnetId, IpAddress }) => ({ ...present({ subnetId: SubnetId }), target: `${IpAddress ?? `${id}.efs.${region}.amazonaws.com`}:/` })), ...present({ usedBytes: described.SizeInBytes?.Value }),
  };
}
