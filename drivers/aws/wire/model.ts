/**
 * The official SDK's own description of its API, read at run time: member names, names on the wire, lists, required members, idempotency tokens.
 * Each client (`@aws-sdk/client-ec2` …) exports every operation as `[9, namespace, name, traits, input, output]` and every structure as
 * `[3, namespace, name, traits, memberNames, memberSchemas, requiredCount]` (required members stand first), so nothing of it is copied here.
 */

/** A structure, list or value of the model. */
export type Shape =
  | { type: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'unit' }
  | { type: 'list'; name: string; item: Member }
  | { type: 'map'; name: string; value: Member }
  | { type: 'structure'; name: string; members: ReadonlyMap<string, Member> };

/** A member of a structure, or the item of a list. */
export interface Member {
  name: string;
  /** Its name in an EC2 query, e.g. `SecurityGroupId`. */
  queryName: string;
  /** Its element in an XML answer, e.g. `groupSet`. */
  xmlName: string;
  required: boolean;
  idempotencyToken: boolean;
  readonly shape: Shape;
}

/** One operation. */
export interface Operation {
  name: string;
  input: Shape & { type: 'structure' };
  output: Shape;
  /** Input member that the service takes for its idempotency token. */
  tokenMember?: string;
}

/** The operations of one service. */
export interface Model {
  /** Undefined where the service has no such operation. */
  find(operation: string): Operation | undefined;
}

type Traits = number | Record<string, unknown>;
type Reference = number | string | (() => Reference) | readonly unknown[];
const STRING = 0, NUMBER = 1, BOOLEAN = 2, BLOB = 21, LIST = 64, MAP = 128;
const IDEMPOTENCY_TOKEN_BIT = 4;
const EMPTY = { type: 'structure', name: 'Unit', members: new Map<string, Member>() } as const;

/** Reads a client's exports as a model. */
export function readModel(client: Record<string, unknown>): Model {
  const operations = new Map<string, Operation>();
  return {
    find(name) {
      const known = operations.get(name);
      if (known) return known;
      const schema = Object.hasOwn(client, `${name}$`) ? client[`${name}$`] : undefined;
      if (!Array.isArray(schema) || schema[0] !== 9) return undefined;
      const input = shapeOf(schema[4] as Reference);
      const operation: Operation = { name, input: input.type === 'structure' ? input : EMPTY, output: shapeOf(schema[5] as Reference) };
      const token = [...operation.input.members.values()].find((member) => member.idempotencyToken);
      if (token) operation.tokenMember = token.name;
      operations.set(name, operation);
      return operation;
    },
  };
}

const shapes = new WeakMap<readonly unknown[], Shape>();

function shapeOf(reference: Reference): Shape {
  if (typeof reference === 'function') return shapeOf(reference());
  if (typeof reference === 'string') return { type: 'unit' };
  if (typeof reference === 'number') return simpleShape(reference);
  if (typeof reference[1] !== 'string') return shapeOf(reference[0] as Reference);
  const known = shapes.get(reference);
  if (known) return known;
  const shape = staticShape(reference);
  shapes.set(reference, shape);
  return shape;
}

function simpleShape(code: number): Shape {
  if (code === STRING) return { type: 'string' };
  if (code === NUMBER) return { type: 'number' };
  if (code === BOOLEAN) return { type: 'boolean' };
  if (code >= 4 && code <= 7) return { type: 'timestamp' };
  if (code === BLOB) return { type: 'blob' };
  if (code & LIST) return { type: 'list', name: 'list', item: memberOf('member', code & ~LIST, false) };
  if (code & MAP) return { type: 'map', name: 'map', value: memberOf('value', code & ~MAP, false) };
  throw new Error(`the SDK's model has a simple type ${code} that this reader does not know`);
}

function staticShape(schema: readonly unknown[]): Shape {
  const name = String(schema[2]);
  switch (Math.abs(schema[0] as number)) {
    case 0: return shapeOf(schema[4] as Reference);
    case 1: return { type: 'list', name, item: memberOf('member', schema[4] as Reference, false) };
    case 2: return { type: 'map', name, value: memberOf('value', schema[5] as Reference, false) };
    case 3:
    case 4: {
      const names = schema[4] as string[], references = schema[5] as Reference[], requiredCount = (schema[6] as number | undefined) ?? 0;
      return { type: 'structure', name, members: new Map(names.map((member, index) => [member, memberOf(member, references[index]!, index < requiredCount)])) };
    }
    default: throw new Error(`the SDK's model has a schema of type ${String(schema[0])} (${name}) that this reader does not know`);
  }
}

function memberOf(name: string, reference: Reference, required: boolean): Member {
  const pair = Array.isArray(reference) && typeof reference[1] !== 'string' ? (reference as unknown as readonly [Reference, Traits]) : undefined;
  const traits = pair?.[1] ?? 0;
  const named = typeof traits === 'object' ? traits : {};
  let shape: Shape | undefined;
  const xmlName = (named.xmlName as string | undefined) ?? name;
  return {
    name,
    xmlName,
    queryName: (named.ec2QueryName as string | undefined) ?? xmlName[0]!.toUpperCase() + xmlName.slice(1),
    required,
    idempotencyToken: typeof traits === 'number' ? (traits & IDEMPOTENCY_TOKEN_BIT) !== 0 : Boolean(named.idempotencyToken),
    // Late, since structures name each other in circles.
    get shape() { return (shape ??= shapeOf(pair ? pair[0] : reference)); },
  };
}
