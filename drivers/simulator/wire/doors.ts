import type { IncomingMessage, ServerResponse } from 'node:http';
import { LostAnswer, WorldError } from '../world/index.js';
import type { RegionView, Thing, World } from '../world/index.js';
import { answer, bytesOf } from './http.js';
import { opens } from './kubernetes.js';
import { isSigned, openingOf } from './urls.js';
import type { Opening } from './urls.js';

const LARGEST_OBJECT = 48 * 1024 * 1024;

/** What a request to a door of its own leads to: an object, by a signed URL, or a cluster, by its token. undefined for any other path. */
export function doorOf(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
  const url = new URL(request.url ?? '/', 'http://box');
  const object = openingOf(url);
  if (object) return openObject(world, request, response, object);
  if (url.pathname.startsWith('/k8s/')) return openCluster(world, request, response, url.pathname);
  return undefined;
}

/** Refusals in the manner of object stores: a status and a few words. */
const refuse = (response: ServerResponse, status: number, code: string, message: string): void => answer(response, status, { code, message });

async function openObject(world: World, request: IncomingMessage, response: ServerResponse, { opening, signature }: { opening: Opening; signature: string }): Promise<void> {
  const { cloud, bucketId, key, access, expiresAt } = opening;
  const owner = world.bucketOwner(cloud, bucketId);
  if (!owner || !isSigned(world.credential(cloud, owner.account).secretKey, opening, signature)) return refuse(response, 403, 'SignatureDoesNotMatch', 'the URL was not signed by the owner of the bucket');
  if (world.date() >= expiresAt) return refuse(response, 403, 'AccessDenied', `the URL expired at ${new Date(expiresAt).toISOString()}`);
  const writes = request.method === 'PUT';
  if (writes !== (access === 'write') || !['GET', 'PUT', 'HEAD'].includes(request.method ?? '')) return refuse(response, 403, 'AccessDenied', `the URL gives leave to ${access}`);
  const bytes = writes ? await bytesOf(request, LARGEST_OBJECT) : undefined;
  const { 'content-type': contentType } = request.headers;
  const work = (view: RegionView) => (bytes ? view.objects(bucketId).put(key, bytes, contentType) : view.objects(bucketId).get(key));
  try {
    const stored = await world.call({ cloud, ...owner, method: writes ? 'object.put' : 'object.read', api: `${request.method ?? ''} signed object` }, work);
    response.writeHead(200, { etag: `"${stored.etag}"`, 'last-modified': new Date(stored.modifiedAt).toUTCString(), ...(!writes && { 'content-type': stored.contentType ?? 'application/octet-stream', 'content-length': stored.bytes.length }) });
    response.end(writes || request.method === 'HEAD' ? undefined : stored.bytes);
  } catch (error) {
    if (error instanceof LostAnswer) return void request.socket.destroy();
    if (!(error instanceof WorldError)) throw error;
    refuse(response, error.code === 'NOT_FOUND' ? 404 : error.code === 'RATE_LIMITED' ? 503 : error.code === 'QUOTA_EXCEEDED' ? 507 : 500, error.detail.reason ?? error.code, error.message);
  }
}

/** A Kubernetes status object, as its API answers. */
const status = (response: ServerResponse, code: number, reason: string, message: string): void => answer(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code });

async function openCluster(world: World, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [, , cloud = '', account = '', region = '', id = '', ...rest] = path.split('/').map(decodeURIComponent);
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!world.personalities.has(cloud) || !/^[a-z0-9-]{1,32}$/.test(account) || !opens(token, world.credential(cloud, account).secretKey, id, world.date())) return status(response, 401, 'Unauthorized', 'Unauthorized');
  try {
    const told = await world.call({ cloud, account, region, method: 'cluster.get', api: `k8s ${request.method ?? ''} /${rest.join('/')}` }, (view) => kubernetes(view, id, rest.join('/')));
    if (told === undefined) status(response, 404, 'NotFound', 'the server could not find the requested resource');
    else answer(response, 200, told);
  } catch (error) {
    if (error instanceof LostAnswer) return void request.socket.destroy();
    if (!(error instanceof WorldError)) throw error;
    status(response, error.code === 'NOT_FOUND' ? 404 : 503, error.code, error.message);
  }
}

/** What the API server of a cluster tells; undefined for a path that it has not. */
function kubernetes(view: RegionView, id: string, path: string): unknown {
  const { attributes: { version } } = view.get('cluster', id);
  if (path === 'readyz') return 'ok';
  if (path === 'version') return { major: version.split('.')[0], minor: version.split('.')[1], gitVersion: `v${version}.0`, platform: 'linux/amd64' };
  if (path !== 'api/v1/nodes') return undefined;
  const groups = view.list('node-group', { where: ({ attributes, state }) => attributes.clusterId === id && state !== 'pending' });
  return { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: groups.flatMap(nodesOf) };
}

const nodesOf = (group: Thing<'node-group'>): object[] =>
  Array.from({ length: group.attributes.size }, (_, place) => ({
    metadata: { name: `${group.name}-${place}`, labels: { 'node.kubernetes.io/instance-type': group.attributes.specId, ...group.attributes.labels } },
    status: { nodeInfo: { kubeletVersion: `v${group.attributes.version}.0` }, conditions: [{ type: 'Ready', status: 'True' }] },
  }));
