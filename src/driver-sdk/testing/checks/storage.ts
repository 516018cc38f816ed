import type { Disk, PlacementGroup, Vm } from '../../compute.js';
import type { Capability } from '../../driver.js';
import type { Bucket, CustomImage, FileSystem, Snapshot, StoredObject } from '../../storage.js';
import { ensure, ensureRefused, ensureSame, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { doorOf, draft, fixture, makeIfCan, own, settled, strangerOf, use } from '../fixtures.js';
import { remove } from '../removal.js';
import type { Listing } from './paging.js';
import { listingChecks } from './paging.js';

const check = (capability: Capability, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${capability}.${what}`, capability, sentence, needs, run });

/** Makes a thing, waits until it rests, gives it to `work`, and removes it; what cannot be removed is left to the last check. */
async function forNow(context: CheckContext, kind: 'disk' | 'vm', label: string, more: Record<string, unknown>, work: (id: string) => Promise<void>): Promise<void> {
  const [made] = await doorOf(context, kind).create({ ...(await draft(context, kind, label)), ...more });
  const { id } = made as { id: string };
  try {
    await settled(context, kind, id);
    await work(id);
  } finally {
    await remove(context, kind, id).catch(() => undefined);
  }
}

/** Copies of disks and of VMs, and how VMs stand to each other. */
export const copyChecks: Check[] = [
  check('snapshot', 'source', 'tells of which disk it was made, where it tells it, and its size', async (context) => {
    const { request, things } = await fixture(context, 'snapshot');
    const { diskId, sizeGiB } = things[0] as unknown as Snapshot;
    ensure(diskId === undefined || diskId === request.diskId, `made of ${show(request.diskId)}, tells ${show(diskId)}`);
    ensure(sizeGiB > 0 && Number.isFinite(sizeGiB), `sizeGiB is ${show(sizeGiB)}`);
  }),
  check('snapshot', 'unknown-disk', 'refuses a snapshot of a disk that does not exist', async (context) => {
    const request = await draft(context, 'snapshot', 'stray');
    await ensureRefused(doorOf(context, 'snapshot').create({ ...request, diskId: strangerOf(request.diskId as string) }), ['NOT_FOUND', 'INVALID_REQUEST'], 'an unknown disk');
  }),
  check('snapshot', 'disk', 'gives its content to a new disk, which is at least as large', async (context) => {
    const snapshot = (await use(context, 'snapshot')) as unknown as Snapshot;
    await forNow(context, 'disk', 'of-snapshot', { snapshotId: snapshot.id, sizeGiB: snapshot.sizeGiB }, async (id) => {
      const { sizeGiB } = (await doorOf(context, 'disk').get(id)) as unknown as Disk;
      ensure(sizeGiB >= snapshot.sizeGiB, `the snapshot has ${snapshot.sizeGiB} GiB, the disk ${show(sizeGiB)}`);
    });
  }),
  check('disk', 'unknown-snapshot', 'refuses a disk of a snapshot that does not exist', async (context) => {
    const request = { ...(await draft(context, 'disk', 'no-snapshot')), snapshotId: strangerOf((await use(context, 'snapshot')).id) };
    await ensureRefused(doorOf(context, 'disk').create(request), ['NOT_FOUND', 'INVALID_REQUEST'], 'an unknown snapshot');
  }, ['snapshot']),
  check('custom-image', 'source', 'tells of which VM it was made, where it tells it', async (context) => {
    const { request, things } = await fixture(context, 'custom-image');
    const { vmId, architecture } = things[0] as unknown as CustomImage;
    ensure(vmId === undefined || vmId === request.vmId, `made of ${show(request.vmId)}, tells ${show(vmId)}`);
    ensure(architecture === undefined || ['amd64', 'arm64'].includes(architecture), `the architecture is ${show(architecture)}`);
  }),
  check('custom-image', 'unknown-vm', 'refuses an image of a VM that does not exist', async (context) => {
    const request = await draft(context, 'custom-image', 'stray');
    await ensureRefused(doorOf(context, 'custom-image').create({ ...request, vmId: strangerOf(request.vmId as string) }), ['NOT_FOUND', 'INVALID_REQUEST'], 'an unknown VM');
  }),
  check('custom-image', 'listed', 'is found among the images by its id', async (context) => {
    const { id, region } = await use(context, 'custom-image');
    await context.eventually(async () => ensureSame((await context.call('image.list', { region, ids: [id] })).items.map((image) => image.id), [id], 'images'));
  }),
  check('custom-image', 'vm', 'is what a new VM can be made of', async (context) => {
    const { id: imageId } = await use(context, 'custom-image');
    await forNow(context, 'vm', 'of-image', { imageId }, async (id) => ensureSame(((await doorOf(context, 'vm').get(id)) as unknown as Vm).imageId, imageId, 'image of the VM'));
  }, ['expensive']),
  check('placement-group', 'policy', 'makes a placement group of the policy that was asked', async (context) => {
    const { request, things } = await fixture(context, 'placement-group');
    ensureSame((things[0] as unknown as PlacementGroup).policy, request.policy, 'policy');
  }),
  check('placement-group', 'cluster', 'makes a placement group that keeps its VMs close, where it can', async (context) => {
    ensureSame(((await makeIfCan(context, 'placement-group', 'close', { policy: 'cluster' })) as unknown as PlacementGroup).policy, 'cluster', 'policy');
  }),
  check('placement-group', 'member', 'takes in a VM that is made for it', async (context) => {
    const { id: placementGroupId } = await use(context, 'placement-group');
    await forNow(context, 'vm', 'placed', { placementGroupId }, async (id) => {
      await context.eventually(async () => {
        const { vmIds } = (await doorOf(context, 'placement-group').get(placementGroupId)) as unknown as PlacementGroup;
        ensure(vmIds.includes(id), `${id} is not among ${show(vmIds)}`);
      });
    });
  }, ['vm', 'expensive']),
];

const TEXT = 'Kit, 키트, €.\n';
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The run's bucket, and a key in it. */
async function at(context: CheckContext, key: string): Promise<{ region: string; bucketId: string; key: string }> {
  const { region, id } = await use(context, 'bucket');
  return { region, bucketId: id, key };
}

/** An object of the run, put when it is first asked for. */
const stored = (context: CheckContext, key: string): Promise<StoredObject> => context.once(`object:${key}`, async () => context.call('object.put', { ...(await at(context, key)), contentBase64: base64(TEXT), contentType: 'text/plain' }));

const OBJECTS: Listing<StoredObject> = {
  name: 'object', capability: 'object', method: 'object.list', key: ({ key }) => key,
  request: async (context) => {
    for (const key of ['kit/pages/1', 'kit/pages/2', 'kit/pages/3']) await stored(context, key);
    const { region, id } = await use(context, 'bucket');
    return { region, bucketId: id, prefix: 'kit/pages/' };
  },
};

const object = (what: string, sentence: string, run: Check['run']): Check => check('object', what, sentence, run);

/** What buckets keep beside their lifecycle, and objects. */
export const bucketChecks: Check[] = [
  check('bucket', 'set-versioning', 'turns versioning on and off, each also twice', async (context) => {
    const { id, region } = await own(context, 'bucket', 'versions');
    for (const enabled of [true, true, false, false]) {
      await context.call('bucket.setVersioning', { region, id, enabled });
      await context.eventually(async () => ensureSame(((await doorOf(context, 'bucket').get(id)) as unknown as Bucket).versioning, enabled, 'versioning'));
    }
  }),
  object('put', 'puts an object, and tells its key and size', async (context) => {
    const { bucketId, key, sizeBytes } = await stored(context, 'kit/text.txt');
    ensureSame([bucketId, key, sizeBytes], [(await use(context, 'bucket')).id, 'kit/text.txt', Buffer.byteLength(TEXT)], 'bucket, key and size');
  }),
  object('get', 'tells an object as it was put', async (context) => {
    await stored(context, 'kit/text.txt');
    const { key, sizeBytes, contentType } = await context.call('object.get', await at(context, 'kit/text.txt'));
    ensureSame([key, sizeBytes], ['kit/text.txt', Buffer.byteLength(TEXT)], 'key and size');
    ensure(contentType === undefined || contentType.startsWith('text/plain'), `the type is ${show(contentType)}`);
  }),
  object('get-unknown', 'answers NOT_FOUND for an object that does not exist', async (context) => void (await ensureRefused(context.call('object.get', await at(context, 'kit/none')), ['NOT_FOUND'], 'object.get of an unknown key'))),
  object('read', 'reads back the bytes that were put', async (context) => {
    await stored(context, 'kit/text.txt');
    ensureSame((await context.call('object.read', await at(context, 'kit/text.txt'))).contentBase64, base64(TEXT), 'content');
  }),
  object('read-unknown', 'answers NOT_FOUND to a read of an object that does not exist', async (context) => void (await ensureRefused(context.call('object.read', await at(context, 'kit/none')), ['NOT_FOUND'], 'object.read of an unknown key'))),
  object('put-again', 'overwrites an object that is put again', async (context) => {
    await stored(context, 'kit/twice.txt');
    await context.call('object.put', { ...(await at(context, 'kit/twice.txt')), contentBase64: base64('second') });
    await context.eventually(async () => ensureSame((await context.call('object.read', await at(context, 'kit/twice.txt'))).contentBase64, base64('second'), 'content'));
  }),
  ...listingChecks(OBJECTS),
  object('prefix', 'lists only what begins with the prefix', async (context) => {
    await stored(context, 'kit/text.txt');
    await stored(context, 'other/text.txt');
    const { region, bucketId } = await at(context, '');
    await context.eventually(async () => ensureSame((await context.call('object.list', { region, bucketId, prefix: 'other/' })).items.map(({ key }) => key), ['other/text.txt'], 'keys'));
  }),
  object('unknown-bucket', 'answers NOT_FOUND to a list of a bucket that does not exist', async (context) => {
    const { region, bucketId } = await at(context, '');
    await ensureRefused(context.call('object.list', { region, bucketId: strangerOf(bucketId) }), ['NOT_FOUND'], 'objects of an unknown bucket');
  }),
  object('sign-read', 'signs a URL by which anybody reads the object', async (context) => {
    await stored(context, 'kit/text.txt');
    const { url } = await context.call('object.sign', { ...(await at(context, 'kit/text.txt')), access: 'read', expiresSeconds: 300 });
    const answer = await fetch(url);
    ensureSame([answer.status, await answer.text()], [200, TEXT], 'what the URL gives');
  }),
  object('sign-write', 'signs a URL by which anybody writes the object', async (context) => {
    const key = 'kit/uploaded.bin';
    const { url } = await context.call('object.sign', { ...(await at(context, key)), access: 'write', expiresSeconds: 300 });
    const { ok, status } = await fetch(url, { method: 'PUT', body: new Uint8Array([0, 1, 2, 255]) });
    ensure(ok, `the upload was answered with ${status}`);
    await context.eventually(async () => ensureSame((await context.call('object.read', await at(context, key))).contentBase64, 'AAEC/w==', 'content'));
  }),
  object('sign-expires', 'tells when a signed URL ends, no later than was asked', async (context) => {
    await stored(context, 'kit/text.txt');
    const { expiresAt } = await context.call('object.sign', { ...(await at(context, 'kit/text.txt')), access: 'read', expiresSeconds: 60 });
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1_000;
    // Clocks differ, and a call takes time.
    ensure(seconds > 0 && seconds <= 65, `asked 60 s, it ends in ${show(seconds)} s`);
  }),
  object('delete', 'deletes an object', async (context) => {
    await stored(context, 'kit/gone.txt');
    await context.call('object.delete', await at(context, 'kit/gone.txt'));
    await context.until('the object goes', async () => context.call('object.get', await at(context, 'kit/gone.txt')).then(() => undefined, () => true));
  }),
  object('delete-again', 'deletes an object that is gone without complaint', async (context) => context.call('object.delete', await at(context, 'kit/never'))),
];

/** What file systems keep beside their lifecycle. */
export const fileSystemChecks: Check[] = [
  check('file-system', 'protocol', 'makes a file system of the protocol that was asked', async (context) => {
    const { request, things } = await fixture(context, 'file-system');
    ensureSame((things[0] as unknown as FileSystem).protocol, request.protocol, 'protocol');
  }),
  check('file-system', 'mounts', 'tells what to mount from each subnet that was asked, where it tells subnets', async (context) => {
    const { request, things } = await fixture(context, 'file-system');
    const { mounts } = things[0] as unknown as FileSystem;
    ensure(Array.isArray(mounts) && mounts.length > 0 && mounts.every(({ target }) => /^[^\s:]+:\/|^\\\\/.test(target)), `mounts: ${show(mounts)}`);
    const missing = (request.subnetIds as string[]).filter((id) => mounts.every(({ subnetId }) => subnetId !== undefined && subnetId !== id));
    ensureSame(missing, [], 'subnets without a mount');
  }),
];
