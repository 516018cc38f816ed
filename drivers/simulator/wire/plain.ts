import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DriverErrorCode } from '@mcmp/driver-sdk';
import type { z } from 'zod';
import { LostAnswer, WorldError } from '../world/index.js';
import type { Wire, World, WorldCall } from '../world/index.js';
import { doorOf } from './doors.js';
import { answer, bodyOf, serve } from './http.js';
import { METHODS } from './methods/index.js';
import type { Caller } from './methods/index.js';
import { Cursors } from './pages.js';
import { authenticate } from './signature.js';

const STATUS: Record<DriverErrorCode, number> = {
  UNAUTHENTICATED: 401, FORBIDDEN: 403, INVALID_REQUEST: 400, NOT_FOUND: 404, ALREADY_EXISTS: 409, QUOTA_EXCEEDED: 403, PAYMENT_REQUIRED: 402, UNSUPPORTED: 422,
  OUT_OF_CAPACITY: 507, CONFLICT: 409, IN_USE: 409, RATE_LIMITED: 429, TIMEOUT: 504, UNAVAILABLE: 503, UNKNOWN: 500,
};
const PATH = /^\/v1\/([a-z0-9-]{1,31})\/([a-z-]{1,31}\.[a-zA-Z]{1,31})$/;
/** A small object in base64, with some room. */
const LARGEST_OBJECT = 12 * 1024 * 1024;

/** The plain wire: `POST /v1/{cloud}/{method}` with the SDK's own requests as JSON, signed; beside it the doors that signed URLs and kubeconfigs lead to. It serves all clouds that have no wire of their own. */
export const plain: Wire = {
  name: 'plain',
  start: (world, options) => serve(options, (request, response) => handle(world, request, response)),
};

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  try {
    const door = doorOf(world, request, response);
    if (door) return await door;
    const [, cloud, name] = PATH.exec(request.url ?? '') ?? [];
    if (!cloud || !name || request.method !== 'POST') throw new WorldError('INVALID_REQUEST', 'the way in is POST /v1/{cloud}/{method}', { reason: 'UnknownPath' });
    const body = await bodyOf(request, name === 'object.put' ? LARGEST_OBJECT : undefined);
    const { account, secretKey, principal } = authenticate(world, cloud, { method: request.method, path: request.url ?? '', headers: request.headers, body });
    const method = METHODS.get(name);
    if (!method) throw new WorldError('INVALID_REQUEST', `there is no method '${name}'`, { reason: 'UnknownMethod' });
    if (lacks(world, cloud, name)) await world.call({ cloud, account, region: '', method: name, api: name }, ({ personality: { title } }) => notOffered(title, name));
    const given = parse(method.request, body);
    const call: WorldCall = {
      cloud, account, region: given.region ?? '', method: name, api: name, ...(given.token !== undefined && { token: given.token }), ...(given.names && { count: given.names.length }), ...(principal !== undefined && { actor: principal }),
    };
    const caller: Caller = { account, cursors: new Cursors(secretKey, `${cloud}/${call.region}/${name}`), base: `http://${request.headers.host ?? 'box'}`, secret: world.credential(cloud, account).secretKey, now: world.date() };
    // The text is made within the step: things change as soon as it is over.
    const result = await world.call(call, (view) => JSON.stringify(method.run(view, given, caller)));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(result), 'x-request-id': requestId });
    response.end(result);
  } catch (error) {
    if (error instanceof LostAnswer) return void request.socket.destroy();
    if (!(error instanceof WorldError)) throw error;
    refuse(response, error, requestId);
  }
}

/** Whether a cloud has no API for what a method belongs to. */
const lacks = (world: World, cloud: string, name: string): boolean => (world.personalities.get(cloud)?.services.lacks as string[] | undefined)?.includes(name.split('.')[0] ?? '') ?? false;
const notOffered = (title: string, name: string): never => {
  throw new WorldError('UNSUPPORTED', `${title} has no API for ${name.split('.')[0] ?? ''}`, { reason: 'NotOffered' });
};

function refuse(response: ServerResponse, error: WorldError, requestId: string): void {
  const { kind, reason, retryAfterMs, field, quotaId } = error.detail;
  const providerCode = `${kind ? `${kind}.` : ''}${reason ?? error.code}`;
  const body = { code: error.code, message: error.message, providerCode, requestId, ...(field !== undefined && { field }), ...(quotaId !== undefined && { quotaId }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  answer(response, STATUS[error.code], body, retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) });
}

/** @throws WorldError INVALID_REQUEST that names the first wrong field. */
function parse<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new WorldError('INVALID_REQUEST', 'the body is no JSON', { reason: 'MalformedBody' });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw new WorldError('INVALID_REQUEST', `${field || 'the request'}: ${issue?.message ?? 'is wrong'}`, { ...(field && { field: field.split('.')[0] ?? field }), reason: 'InvalidField' });
}
