import type { HandlerGroups } from '../../driver.js';
import type { StoredObject } from '../../storage.js';
import type { Stored } from './cloud.js';
import { Refusal } from './cloud.js';
import type { MemoryDoor } from './door.js';
import { refuse } from './ranges.js';
import { grantUrl } from './urls.js';

interface Content { content: Buffer; contentType?: string; modifiedAt: string }

const contentsOf = (bucket: Stored): Map<string, Content> => bucket.fields.objects as Map<string, Content>;
const MOST_BYTES = 8 * 1024 * 1024;

/** Buckets with objects, and file systems. */
export function storageGroups(door: MemoryDoor): Pick<HandlerGroups, 'bucket' | 'object' | 'file-system'> {
  const { cloud } = door;
  return {
    bucket: {
      ...door.single('bucket', () => ({ versioning: false, createdAt: new Date().toISOString(), objects: new Map<string, Content>() })),
      setVersioning: (request, signal) => door.change('bucket.setVersioning', request, signal, ({ fields }) => void (fields.versioning = request.enabled)),
    },
    object: objectGroup(door),
    'file-system': door.single('file-system', ({ region, networkId, subnetIds, protocol, sizeGiB }) => ({
      networkId: cloud.get('network', region, networkId).id, protocol, sizeGiB, usedBytes: 0, mounts: subnetIds.map((id, index) => ({ subnetId: cloud.get('subnet', region, id).id, target: `10.0.0.${index + 5}:/` })),
    }), true),
  };
}

function objectGroup(door: MemoryDoor): HandlerGroups['object'] {
  const { cloud } = door;
  const bucketOf = ({ region, bucketId }: { region: string; bucketId: string }): Stored => cloud.get('bucket', region, bucketId);
  const found = (request: { region: string; bucketId: string; key: string }): Content => {
    const content = contentsOf(bucketOf(request)).get(request.key);
    if (!content) throw new Refusal(404, 'NoSuchThing', `There is no object ${request.key}.`);
    return content;
  };
  const told = (bucketId: string, key: string, { content, contentType, modifiedAt }: Content): StoredObject => ({ bucketId, key, sizeBytes: content.length, etag: `${content.length}-${modifiedAt}`, modifiedAt, ...(contentType !== undefined && { contentType }) });
  const keep = (bucket: Stored, key: string, content: Buffer, contentType?: string): StoredObject => {
    const kept: Content = { content, modifiedAt: new Date().toISOString(), ...(contentType !== undefined && { contentType }) };
    contentsOf(bucket).set(key, kept);
    return told(bucket.id, key, kept);
  };
  return {
    list: door.pages('object.list', ({ key }) => key, (request: Parameters<HandlerGroups['object']['list']>[0]) =>
      [...contentsOf(bucketOf(request))].filter(([key]) => key.startsWith(request.prefix ?? '')).map(([key, content]) => told(request.bucketId, key, content)).sort((one, other) => (one.key < other.key ? -1 : 1))),
    get: (request, signal) => door.ask('object.get', signal, () => told(request.bucketId, request.key, found(request))),
    put: (request, signal) => door.ask('object.put', signal, () => keep(bucketOf(request), request.key, Buffer.from(request.contentBase64, 'base64'), request.contentType)),
    read: (request, signal) => door.ask('object.read', signal, () => {
      const { content, contentType } = found(request);
      if (content.length > MOST_BYTES) refuse('BadValue', 'It is above 8 MiB: sign a URL instead.');
      return { contentBase64: content.toString('base64'), ...(contentType !== undefined && { contentType }) };
    }),
    delete: (request, signal) => door.ask('object.delete', signal, () => void contentsOf(bucketOf(request)).delete(request.key)),
    sign: async (request, signal) => {
      const bucket = await door.ask('object.sign', signal, () => bucketOf(request).id);
      const until = Date.now() + request.expiresSeconds * 1_000;
      const at = () => cloud.get('bucket', request.region, bucket);
      const url = await grantUrl({ access: request.access, until, read: () => contentsOf(at()).get(request.key), write: (content, contentType) => void keep(at(), request.key, content, contentType) });
      return { url, expiresAt: new Date(until).toISOString() };
    },
  };
}
