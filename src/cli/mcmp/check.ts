import type { JsonSchema } from './schema.js';
import { didYouMean, nearest } from './suggest.js';

/** A place in a document: member names and indexes from the top. */
export type Path = (string | number)[];

/** What breaks a rule, and where. */
export interface Finding {
  path: Path;
  message: string;
  /** True where the name of the member is wrong, not its value. */
  onKey?: true;
}

/** `groups[0].image`, as the server writes it. */
export const pathText = (path: Path): string => path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** The path that such a text names. */
export const pathOf = (text: string): Path => [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) => (index === undefined ? name as string : Number(index)));

const WORD: Record<string, string> = { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'a mapping of fields', null: 'null' };

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const fits = (kind: string, type: string): boolean => kind === type || (kind === 'integer' && type === 'number');

/** What a value breaks of a schema; empty where it fits. It knows the words that the open API uses, and leaves the rest to the server. */
export function check(value: unknown, schema: JsonSchema, path: Path = []): Finding[] {
  if (schema.anyOf) return checkChoices(value, schema.anyOf, path);
  const kind = kindOf(value);
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => fits(kind, type))) return [{ path, message: wrongType(value, kind, types) }];
  if (schema.enum && !schema.enum.includes(value)) {
    const values = schema.enum.map(String);
    return [{ path, message: `must be one of ${values.join(', ')}, not ${shown(value)}${didYouMean(String(value), values)}` }];
  }
  if (typeof value === 'string') return checkText(value, schema, path);
  if (typeof value === 'number') return checkNumber(value, schema, path);
  if (Array.isArray(value)) return checkList(value, schema, path);
  if (kind === 'object') return checkMembers(value as Record<string, unknown>, schema, path);
  return [];
}

function wrongType(value: unknown, kind: string, types: string[]): string {
  const wanted = types.filter((type) => type !== 'null').map((type) => WORD[type] ?? type).join(' or ');
  const quote = types.includes('string') && ['integer', 'number', 'boolean'].includes(kind) ? `: put it in quotes, "${String(value)}"` : '';
  const bare = kind === 'string' && !types.includes('string') && types.some((type) => ['integer', 'number', 'boolean'].includes(type)) && /^(-?\d+(\.\d+)?|true|false)$/.test(String(value)) ? ': leave the quotes out' : '';
  return kind === 'null' ? `must be ${wanted}, and there is nothing` : `must be ${wanted}, not ${kind === 'array' || kind === 'object' ? WORD[kind] : shown(value)}${quote}${bare}`;
}

/** The complaints of the choice that the value comes nearest to: of its own type where there is one. */
function checkChoices(value: unknown, choices: JsonSchema[], path: Path): Finding[] {
  const results = choices.map((choice) => check(value, choice, path));
  if (results.some((findings) => findings.length === 0)) return [];
  const near = choices.findIndex((choice) => typeof choice.type === 'string' && fits(kindOf(value), choice.type));
  const words = choices.flatMap((choice) => [choice.type ?? []].flat()).map((type) => WORD[type] ?? type);
  return near >= 0 ? (results[near] as Finding[]) : [{ path, message: `must be ${words.join(' or ')}, not ${shown(value)}` }];
}

function checkText(value: string, schema: JsonSchema, path: Path): Finding[] {
  const findings: string[] = [];
  if (schema.minLength !== undefined && value.length < schema.minLength) findings.push(value === '' ? 'must not be empty' : `must have at least ${schema.minLength} characters`);
  else if (schema.maxLength !== undefined && value.length > schema.maxLength) findings.push(`must have at most ${schema.maxLength} characters, not ${value.length}`);
  else if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) findings.push(`is ${shown(value)} and must fit ${schema.pattern}${namePattern(schema.pattern)}`);
  return findings.map((message) => ({ path, message }));
}

/** Names have a pattern that few people read with ease. */
const namePattern = (pattern: string): string => (pattern.startsWith('^[a-z](') ? ': lower-case letters, digits and hyphens, a letter first and no hyphen last' : '');

function checkNumber(value: number, { minimum, maximum }: JsonSchema, path: Path): Finding[] {
  if (minimum !== undefined && value < minimum) return [{ path, message: `must be at least ${minimum}, not ${value}` }];
  if (maximum !== undefined && value > maximum) return [{ path, message: `must be at most ${maximum}, not ${value}` }];
  return [];
}

function checkList(value: unknown[], { minItems, maxItems, items }: JsonSchema, path: Path): Finding[] {
  if (minItems !== undefined && value.length < minItems) return [{ path, message: `must hold at least ${minItems}` }];
  if (maxItems !== undefined && value.length > maxItems) return [{ path, message: `must hold at most ${maxItems}, not ${value.length}` }];
  return items ? value.flatMap((item, index) => check(item, items, [...path, index])) : [];
}

function checkMembers(value: Record<string, unknown>, { properties = {}, required = [], additionalProperties }: JsonSchema, path: Path): Finding[] {
  const known = Object.keys(properties);
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  const free = known.filter((name) => !(name in value));
  return [
    ...Object.entries(value).filter(([name]) => known.includes(name)).flatMap(([name, member]) => check(member, properties[name] as JsonSchema, [...path, name])),
    ...unknown.flatMap((name): Finding[] => {
      if (typeof additionalProperties === 'object') return check(value[name], additionalProperties, [...path, name]);
      return additionalProperties === false ? [{ path: [...path, name], onKey: true, message: `there is no field "${name}"${didYouMean(name, free) || `; there are ${known.filter((field) => !field.startsWith('$')).join(', ')}`}` }] : [];
    }),
    // A field that was misspelt is not missing as well.
    ...required.filter((name) => value[name] === undefined && !unknown.some((given) => nearest(given, free) === name)).map((name) => ({ path, message: `"${name}" is missing` })),
  ];
}
