import type { Member, Shape } from './model.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text that is safe in an element; characters that XML 1.0 cannot hold are dropped. */
 
export const escapeXml = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** An answer of EC2, checked against the model. @throws Error where it holds what the model does not: a bug of the wire. */
export function ec2Answer(action: string, output: Shape, value: Record<string, unknown>, requestId: string): string {
  const inner = output.type === 'unit' || (output.type === 'structure' && output.name === 'Unit') ? '<return>true</return>' : encode(output, value, action);
  return `${HEAD}<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>${inner}</${action}Response>`;
}

/** An error of EC2, which has a form of its own. */
export const ec2ErrorAnswer = (code: string, message: string, requestId: string): string =>
  `${HEAD}<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`;

/** Checks and encodes the members of one value. */
export function encode(shape: Shape, value: unknown, path: string): string {
  switch (shape.type) {
    case 'structure': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw misfit(path, shape, value);
      const given = value as Record<string, unknown>;
      for (const name of Object.keys(given)) if (!shape.members.has(name)) throw new Error(`${path}: the model of ${shape.name} has no member ${name}`);
      let text = '';
      for (const member of shape.members.values()) text += element(member, given[member.name], path);
      return text;
    }
    case 'list':
      if (!Array.isArray(value)) throw misfit(path, shape, value);
      return value.map((item) => element(shape.item, item, path)).join('');
    default: return escapeXml(scalar(shape, value, path));
  }
}

const element = (member: Member, value: unknown, path: string): string =>
  value === undefined || value === null ? '' : `<${member.xmlName}>${encode(member.shape, value, `${path}.${member.name}`)}</${member.xmlName}>`;

function scalar(shape: Shape, value: unknown, path: string): string {
  if (shape.type === 'string' && typeof value === 'string') return value;
  if (shape.type === 'number' && typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (shape.type === 'boolean' && typeof value === 'boolean') return String(value);
  if (shape.type === 'timestamp' && value instanceof Date) return value.toISOString();
  if (shape.type === 'blob' && value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  throw misfit(path, shape, value);
}

const misfit = (path: string, shape: Shape, value: unknown): Error => new Error(`${path}: the model wants a ${shape.type}, the wire gave ${value === null ? 'null' : typeof value}`);
