import { WorldError } from '../../simulator/world/types.js';
import type { World } from '../../simulator/world/types.js';
import type { Member, Model, Shape } from './model.js';
import { CLOUD, reportBug, type Answer, type Request, type Service } from './service.js';
import { SignatureError, type SignatureFault } from './sigv4.js';
import { regionOf } from './sts.js';

const JSON_1_1 = 'application/x-amz-json-1.1';
const SIGNATURE_CODES: Record<SignatureFault, string> = {
  missing: 'MissingAuthenticationTokenException', incomplete: 'IncompleteSignatureException', 'unknown-key': 'UnrecognizedClientException', mismatch: 'InvalidSignatureException', expired: 'InvalidSignatureException', ended: 'ExpiredTokenException',
};

const WORLD_CODES: Partial<Record<WorldError['code'], string>> = { UNAUTHENTICATED: 'UnrecognizedClientException', FORBIDDEN: 'AccessDeniedException' };

/** A refusal of a JSON service by the name of its exception. */
export class JsonError extends Error {
  constructor(readonly type: string, message: string, readonly status = 400) {
    super(message);
  }
}

/** One operation of a JSON service. */
export interface JsonOperation {
  method: string;
  run(input: Record<string, unknown>, context: { world: World; request: Request; view: Parameters<Parameters<World['call']>[1]>[0] }): Record<string, unknown>;
}

/** A service of the JSON 1.1 protocol: `X-Amz-Target: [<namespace>.]<target>.<operation>`. `throttled` is the name of its exception for too many calls. */
export const jsonService = (service: { name: string; target: string; throttled: string; invalid: string; model: Model; operations: Record<string, JsonOperation> }): Service => ({
  name: service.name,
  async answer(world, request) {
    // Some clients put the namespace of an older model before the target.
    const [name = '', target] = String(request.headers['x-amz-target'] ?? '').split('.').reverse();
    const operation = target === service.target && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    const model = service.model.find(name);
    if (!operation || !model) throw new JsonError('UnknownOperationException', `The cloud in a box does not play ${name}`);
    const input = parse(request.body);
    check(model.input, input, '', (message) => new JsonError(service.invalid, message));
    const { account, region } = request.caller;
    const call = { cloud: CLOUD, account, region: regionOf(world.personalities.get(CLOUD)?.regions ?? [], region), method: operation.method, api: name };
    const output = await world.call(call, (view) => operation.run(input, { world, request, view }));
    check(model.output, output, '', (message) => new Error(`${name}: ${message}`));
    return { status: 200, contentType: JSON_1_1, text: JSON.stringify(output) };
  },
  refuse(error, requestId) {
    if (error instanceof SignatureError) return say(400, SIGNATURE_CODES[error.fault], error.message);
    if (error instanceof JsonError) return say(error.status, error.type, error.message);
    if (error instanceof WorldError && error.code === 'RATE_LIMITED') return say(400, service.throttled, 'Rate exceeded');
    if (error instanceof WorldError) return say(WORLD_CODES[error.code] ? 400 : 500, WORLD_CODES[error.code] ?? 'InternalServerException', error.message);
    reportBug(error, requestId);
    return say(500, 'InternalServerException', 'An internal error has occurred');
  },
});

const say = (status: number, type: string, message: string): Answer => ({ status, contentType: JSON_1_1, text: JSON.stringify({ __type: type, Message: message, message }) });

function parse(body: Buffer): Record<string, unknown> {
  let read: unknown;
  try {
    read = body.length ? JSON.parse(body.toString('utf8')) : {};
  } catch {
    read = undefined;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new JsonError('SerializationException', 'The body is not a JSON object');
  return read as Record<string, unknown>;
}

const SIMPLE: Partial<Record<Shape['type'], string>> = { string: 'string', number: 'number', boolean: 'boolean', timestamp: 'number', blob: 'string' };

/** Checks plain JSON against the model, both ways. */
function check(shape: Shape, value: unknown, path: string, refuse: (message: string) => Error): void {
  if (shape.type === 'structure') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${path || 'the value'} must be an object`);
    const given = value as Record<string, unknown>;
    for (const name of Object.keys(given)) if (!shape.members.has(name)) throw refuse(`${path}${name} is not known`);
    for (const member of shape.members.values()) checkMember(member, given[member.name], `${path}${member.name}`, refuse);
  } else if (shape.type === 'list') {
    if (!Array.isArray(value)) throw refuse(`${path} must be a list`);
    value.forEach((item, index) => check(shape.item.shape, item, `${path}[${index}].`, refuse));
  } else if (shape.type !== 'map' && shape.type !== 'unit' && typeof value !== SIMPLE[shape.type]) throw refuse(`${path} must be a ${shape.type}`);
}

function checkMember(member: Member, value: unknown, path: string, refuse: (message: string) => Error): void {
  if (value === undefined || value === null) {
    if (member.required) throw refuse(`${path} is required`);
  } else check(member.shape, value, member.shape.type === 'structure' ? `${path}.` : path, refuse);
}
