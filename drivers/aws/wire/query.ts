import { Ec2Error, invalidValue, missing } from './errors.js';
import type { Member, Operation, Shape } from './model.js';

/** Parameters by their dotted names: a value, branches, or (a client's mistake) both. */
interface Branch { value?: string; branches?: Map<string, Branch> }

const OUTSIDE_THE_MODEL = new Set(['Action', 'Version']);
const DEEPEST = 16;

/**
 * Decodes a request of the EC2 query protocol by the model. What the model does not know is refused, as is what it requires and misses:
 * @throws Ec2Error UnknownParameter, MissingParameter, InvalidParameterValue.
 */
export function decodeQuery(operation: Operation, parameters: Iterable<[string, string]>): Record<string, unknown> {
  const root: Branch = {};
  for (const [name, value] of parameters) if (!OUTSIDE_THE_MODEL.has(name)) grow(root, name, value);
  return structure(operation.input, root, '');
}

function grow(root: Branch, name: string, value: string): void {
  const path = name.split('.');
  if (path.length > DEEPEST) throw unknown(name);
  let branch = root;
  for (const step of path) {
    branch.branches ??= new Map();
    let next = branch.branches.get(step);
    if (!next) branch.branches.set(step, (next = {}));
    branch = next;
  }
  if (branch.value !== undefined) throw invalidValue(`The parameter ${name} was given twice`);
  branch.value = value;
}

function structure(shape: Shape & { type: 'structure' }, branch: Branch, path: string): Record<string, unknown> {
  const left = new Map(branch.branches);
  const result: Record<string, unknown> = {};
  for (const member of shape.members.values()) {
    const given = left.get(member.queryName);
    left.delete(member.queryName);
    if (given) result[member.name] = decode(member, given, path + member.queryName);
    else if (member.required) throw missing(path + member.queryName);
  }
  for (const [name, rest] of left) throw unknown(path + firstLeaf(name, rest));
  return result;
}

function decode(member: Member, branch: Branch, path: string): unknown {
  const shape = member.shape;
  if (shape.type === 'structure' || shape.type === 'list') {
    if (branch.value !== undefined && branch.value !== '') throw unknown(path);
    return shape.type === 'structure' ? structure(shape, branch, `${path}.`) : list(shape.item, branch, path);
  }
  if (branch.branches) throw unknown(`${path}.${[...branch.branches].map(([name, rest]) => firstLeaf(name, rest))[0]!}`);
  return scalar(shape, branch.value ?? '', path);
}

/** Lists of EC2 are always flat: `Filter.1.Value.2`. */
function list(item: Member, branch: Branch, path: string): unknown[] {
  const entries = [...(branch.branches ?? [])];
  for (const [name, rest] of entries) if (!/^[1-9]\d{0,4}$/.test(name)) throw unknown(`${path}.${firstLeaf(name, rest)}`);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([name, rest]) => decode(item, rest, `${path}.${name}`));
}

function scalar(shape: Shape, text: string, path: string): unknown {
  const wrong = (): Ec2Error => invalidValue(`Value (${text}) for parameter ${path} is invalid. It must be a ${shape.type}.`);
  switch (shape.type) {
    case 'string': return text;
    case 'number':
      if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) throw wrong();
      return Number(text);
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) throw wrong();
      return text.toLowerCase() === 'true';
    case 'timestamp': {
      const time = /^\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
      if (Number.isNaN(time.getTime())) throw wrong();
      return time;
    }
    case 'blob':
      if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(text)) throw wrong();
      return new Uint8Array(Buffer.from(text, 'base64'));
    default: throw unknown(path);
  }
}

function firstLeaf(name: string, branch: Branch): string {
  const [next] = branch.branches ?? [];
  return branch.value !== undefined || !next ? name : `${name}.${firstLeaf(next[0], next[1])}`;
}

const unknown = (parameter: string): Ec2Error => new Ec2Error('UnknownParameter', `The parameter ${parameter} is not recognized`);
