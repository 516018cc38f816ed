import { answers, fail, looks, methods, refusals } from './alter.js';
import type { Call, Row, WrongDriver } from './alter.js';

const noop = (): Call => async () => undefined;

/** Wrong copies, buckets, objects, file systems and zones. */
export const wrongStorage: WrongDriver[] = [
  answers('a placement of its own choice', 'placement-group.get', ['placement-group.policy'], (row) => ({ ...row, policy: 'cluster' })),
  answers('a placement group without members', 'placement-group.get', ['placement-group.member'], (row) => ({ ...row, vmIds: [] })),
  answers('a snapshot of another disk', 'snapshot.get', ['snapshot.source'], (row) => ({ ...row, diskId: 'vol-other' })),
  refusals('a snapshot of whatever disk there is', 'snapshot.create', 'NOT_FOUND', ['snapshot.unknown-disk'], async (_error, request, original, signal, groups) =>
    original({ ...request, diskId: (await groups.disk.list({ region: request.region as string }, signal)).items[0]?.id }, signal)),
  methods('an empty disk in the place of a snapshot', ['disk.create', 'snapshot.get'], ['snapshot.disk', 'disk.unknown-snapshot'], (original, _box, name) => ({ snapshotId, ...request }, signal) =>
    original(name === 'disk.create' && snapshotId !== undefined ? { ...request, sizeGiB: 1 } : request, signal)),
  refusals('an empty disk where there is no snapshot', ['disk.create', 'snapshot.get'], 'NOT_FOUND', ['disk.unknown-snapshot'], (error, { snapshotId, ...request }, original, signal) => (snapshotId === undefined ? Promise.reject(error) : original(request, signal))),
  answers('an image of another VM', 'custom-image.get', ['custom-image.source'], (row) => ({ ...row, vmId: 'srv-other' })),
  refusals('an image of whatever VM there is', 'custom-image.create', 'NOT_FOUND', ['custom-image.unknown-vm'], async (_error, request, original, signal, groups) =>
    original({ ...request, vmId: (await groups.vm.list({ region: request.region as string }, signal)).items[0]?.id }, signal)),
  methods('images of others only', ['image.list', 'custom-image.get'], ['custom-image.listed'], (original, _box, name) => async (request, signal) => {
    const answer = (await original(request, signal)) as Row;
    return name === 'image.list' ? { ...answer, items: (answer.items as { id: string }[]).filter(({ id }) => id.startsWith('img-')) } : answer;
  }),
  methods('a VM of another image', ['vm.create', 'custom-image.get'], ['custom-image.vm'], (original, _box, name) => (request, signal) =>
    original(name === 'vm.create' && String(request.imageId).startsWith('custom-image') ? { ...request, imageId: 'img-debian-13-amd64' } : request, signal)),
  looks('versions that are never kept', 'bucket.setVersioning', ['bucket.set-versioning']),
  answers('an object of no size', 'object.put', ['object.put'], (row) => ({ ...row, sizeBytes: 0 })),
  answers('an object of another size', 'object.get', ['object.get'], (row) => ({ ...row, sizeBytes: 1 })),
  refusals('an object that is not there', 'object.get', 'NOT_FOUND', ['object.get-unknown', 'object.delete'], (_error, { bucketId, key }) => ({ bucketId, key, sizeBytes: 0 })),
  answers('other bytes than were put', 'object.read', ['object.read', 'object.put-again', 'object.sign-write'], (row) => ({ ...row, contentBase64: 'AA==' })),
  refusals('bytes of nothing', 'object.read', 'NOT_FOUND', ['object.read-unknown'], () => ({ contentBase64: '' })),
  methods('an object that is put once', ['object.put'], ['object.put-again'], (original, _box, _name, groups) => async (request, signal) => {
    const { region, bucketId, key } = request as { region: string; bucketId: string; key: string };
    return groups.object.get({ region, bucketId, key }, signal).catch(() => original(request, signal));
  }),
  methods('objects of any prefix', ['object.list'], ['object.prefix'], (original) => ({ prefix: _, ...request }, signal) => original(request, signal)),
  refusals('objects of no bucket', 'object.list', 'NOT_FOUND', ['object.unknown-bucket'], () => ({ items: [] })),
  answers('a URL where nobody listens', 'object.sign', ['object.sign-read', 'object.sign-write'], (row) => ({ ...row, url: 'http://127.0.0.1:9/' })),
  methods('a URL for reading only', ['object.sign'], ['object.sign-write'], (original) => (request, signal) => original({ ...request, access: 'read' }, signal)),
  answers('a URL that lasts longer', 'object.sign', ['object.sign-expires'], (row) => ({ ...row, expiresAt: new Date(Date.now() + 86_400_000).toISOString() })),
  methods('objects that stay', ['object.delete'], ['object.delete', 'kit.nothing-left'], noop),
  methods('an object that can be deleted once', ['object.delete'], ['object.delete-again'], (original, _box, _name, groups) => async (request, signal) => {
    await groups.object.get(request as { region: string; bucketId: string; key: string }, signal);
    return original(request, signal);
  }),
  refusals('a bucket that goes with all that is in it', ['bucket.delete', 'object.get'], 'IN_USE', ['bucket.delete-with-object'], () => undefined),
  answers('a file system of another protocol', 'file-system.get', ['file-system.protocol'], (row) => ({ ...row, protocol: 'smb' })),
  answers('a file system that cannot be mounted', 'file-system.get', ['file-system.mounts'], (row) => ({ ...row, mounts: [] })),
  answers('a domain with a dot at its end', 'dns-zone.get', ['dns-zone.domain'], (row) => ({ ...row, domain: `${String(row.domain)}.` })),
  answers('a zone that nobody serves', 'dns-zone.get', ['dns-zone.name-servers'], (row) => ({ ...row, nameServers: [] })),
  refusals('a zone that goes with all its names', ['dns-zone.delete', 'dns-record.list'], 'IN_USE', ['dns-zone.delete-with-record'], () => undefined),
  methods('a time to live of its own', ['dns-record.set'], ['dns-record.set'], (original) => (request, signal) => original({ ...request, ttlSeconds: 60 }, signal)),
  methods('records that cannot be set again', ['dns-record.set'], ['dns-record.set-again'], (original, _box, _name, groups) => async (request, signal) =>
    (await before(groups, request, signal)).some(({ values }) => JSON.stringify(values) === JSON.stringify(request.values)) ? fail('ALREADY_EXISTS') : original(request, signal)),
  methods('records that are only added', ['dns-record.set'], ['dns-record.replace'], (original, _box, _name, groups) => async (request, signal) =>
    original({ ...request, values: [...new Set([...(await before(groups, request, signal)).flatMap(({ values }) => values), ...(request.values as string[])])] }, signal)),
  answers('a text with its quotes', 'dns-record.list', ['dns-record.text'], (row) => (row.type === 'TXT' ? { ...row, values: (row.values as string[]).map((value) => `"${value}"`) } : row)),
  methods('one set for each name', ['dns-record.set'], ['dns-record.weights'], (original) => ({ setId: _, ...request }, signal) => original(request, signal)),
  refusals('an address that is none, taken', 'dns-record.set', 'INVALID_REQUEST', ['dns-record.wrong-value'], (_error, request) => request),
  refusals('records of no zone', 'dns-record.list', 'NOT_FOUND', ['dns-record.unknown-zone'], () => ({ items: [] })),
  methods('records that stay', ['dns-record.delete'], ['dns-record.delete', 'kit.nothing-left'], noop),
  methods('a record that can be deleted once', ['dns-record.delete'], ['dns-record.delete-again'], (original, _box, _name, groups) => async (request, signal) =>
    (await before(groups, request, signal)).length === 0 ? fail('NOT_FOUND') : original(request, signal)),
];

/** What a zone has under the name, type and set of a request. */
async function before(groups: Parameters<Parameters<typeof methods>[3]>[3], request: Row, signal: AbortSignal) {
  const { items } = await groups['dns-record'].list({ region: request.region as string, zoneId: request.zoneId as string, pageSize: 1_000 }, signal);
  return items.filter(({ name, type, setId }) => name === request.name && type === request.type && setId === request.setId);
}
