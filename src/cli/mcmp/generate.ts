import { flagOf, nameOf } from './naming.js';

/** A JSON schema as OpenAPI 3.0 writes it, as far as a command line needs it. */
export interface ApiSchema {
  type?: string; properties?: Record<string, ApiSchema>; required?: string[]; items?: ApiSchema; enum?: unknown[]; anyOf?: ApiSchema[]; oneOf?: ApiSchema[]; additionalProperties?: boolean | ApiSchema;
  description?: string; default?: unknown; nullable?: boolean; format?: string; example?: unknown; pattern?: string; minimum?: number; maximum?: number; minLength?: number; maxLength?: number; minItems?: number; maxItems?: number;
}
interface ApiParameter { name: string; in: string; required?: boolean; description?: string; schema: ApiSchema }
type Content = Record<string, { schema?: ApiSchema; example?: unknown }>;
interface ApiOperation { operationId: string; summary?: string; parameters?: ApiParameter[]; requestBody?: { required?: boolean; content: Content }; responses: Record<string, { content?: Content }>; [extension: `x-${string}`]: unknown }
/** An OpenAPI document. */
export interface ApiDocument { paths: Record<string, Record<string, ApiOperation>> }

/** One thing that a command may be told: a part of the path, a query parameter, a header or a member of the body. */
export interface Field {
  name: string;
  in: 'path' | 'query' | 'header' | 'body';
  /** Without its dashes. */
  flag: string;
  /** `map` is `key=value`, `json` is a value that no flag can hold well. */
  type: 'text' | 'number' | 'boolean' | 'list' | 'map' | 'json';
  required: boolean;
  description: string;
  values?: string[];
  default?: string;
  nullable?: true;
  /** Never taken as a flag: other users of the machine see the arguments of a program. */
  secret?: true;
  /** The API takes it as the text `true` or `false`. */
  asText?: true;
}

/** An operation of the open API as the command line knows it. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  noun: string;
  verb: string;
  summary: string;
  permission?: string;
  fields: Field[];
  body?: 'json' | 'bytes';
  /** Media type of a body of bytes. */
  media?: string;
  answer: 'page' | 'object' | 'operation' | 'nothing' | 'stream' | 'text';
  /** Members that a table shows where nobody chose better. */
  columns: string[];
}

const SECRET = /password|token|secret|credential|private.?key/i;
const SIMPLE = ['string', 'number', 'integer', 'boolean'];

function typeOf(schema: ApiSchema): Field['type'] {
  if (schema.type === 'number' || schema.type === 'integer') return 'number';
  if (schema.type === 'boolean' || isTruth(schema)) return 'boolean';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'array' && SIMPLE.includes(schema.items?.type ?? '')) return 'list';
  if (schema.type === 'object' && !schema.properties && typeof schema.additionalProperties === 'object' && schema.additionalProperties.type === 'string') return 'map';
  return 'json';
}

/** Query parameters have no truth values: these are the texts `true` and `false`. */
const isTruth = ({ enum: values }: ApiSchema): boolean => values?.length === 2 && values.includes('true') && values.includes('false');

function fieldOf(name: string, where: Field['in'], schema: ApiSchema, required: boolean, description = ''): Field {
  const values = schema.enum ?? schema.items?.enum;
  const type = typeOf(schema);
  const plainDefault = typeof schema.default === 'object' || schema.default === '' ? undefined : schema.default;
  return {
    name, in: where, flag: flagOf(name), type, required, description: description || schema.description || '',
    ...(values && !isTruth(schema) && { values: values.filter((value) => value !== null).map(String) }), ...(plainDefault !== undefined && { default: String(plainDefault) }),
    ...(schema.nullable && { nullable: true as const }), ...(where === 'body' && SECRET.test(name) && type !== 'boolean' && { secret: true as const }), ...(isTruth(schema) && { asText: true as const }),
  };
}

function fieldsOf({ parameters = [], requestBody }: ApiOperation, path: string): Field[] {
  const order = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const fields = parameters.map(({ name, in: where, schema, required = false, description }) => fieldOf(name, where as Field['in'], schema, required, description));
  const inPath = fields.filter((field) => field.in === 'path').sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const { properties = {}, required = [] } = requestBody?.content['application/json']?.schema ?? {};
  const body = Object.entries(properties).map(([name, schema]) => fieldOf(name, 'body', schema, required.includes(name)));
  return [...inPath, ...fields.filter((field) => field.in !== 'path'), ...body];
}

/** Members that fit a cell, the telling ones first. */
function columnsOf(schema: ApiSchema | undefined): string[] {
  const first = ['name', 'username', 'id', 'state', 'status', 'kind', 'version'];
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return Object.entries(schema?.properties ?? {}).filter(([, member]) => SIMPLE.includes(member.type ?? '')).map(([name]) => name).sort((a, b) => rank(a) - rank(b)).slice(0, 8);
}

function answerOf(operation: ApiOperation): Pick<Operation, 'answer' | 'columns'> {
  const [, success] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
  const content = success?.content ?? {};
  if ('text/event-stream' in content) return { answer: 'stream', columns: [] };
  const schema = content['application/json']?.schema;
  if (!schema) return { answer: Object.keys(content).length > 0 ? 'text' : 'nothing', columns: [] };
  if (schema.properties?.items) return { answer: 'page', columns: columnsOf(schema.properties.items.items) };
  const members = Object.keys(schema.properties ?? {});
  return { answer: ['progress', 'target', 'finishedAt', 'kind'].every((name) => members.includes(name)) ? 'operation' : 'object', columns: columnsOf(schema) };
}

/** The table of operations that the build puts into the program, in the order of the document. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([lower, operation]): Operation => {
    const method = lower.toUpperCase();
    const content = operation.requestBody?.content;
    const bytes = content && !content['application/json'] ? Object.keys(content)[0] : undefined;
    const permission = operation['x-permission'];
    return {
      id: operation.operationId, method, path, ...nameOf(operation.operationId, method, path), summary: operation.summary ?? '', ...(typeof permission === 'string' && { permission }),
      fields: fieldsOf(operation, path), ...(content && { body: bytes === undefined ? 'json' as const : 'bytes' as const }), ...(bytes !== undefined && { media: bytes }), ...answerOf(operation),
    };
  }));
}
