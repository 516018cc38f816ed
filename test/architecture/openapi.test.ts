import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type TestServer, startServer } from '../support/server.js';

interface Media { schema?: object; example?: unknown }
interface Answer { $ref?: string; description?: string; content?: Record<string, Media> }
interface Parameter { name: string; in: string; required?: boolean; schema?: object }
interface Operation {
  operationId: string; summary?: string; parameters?: Parameter[]; requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>; security?: object[]; 'x-public'?: boolean; 'x-permission'?: string;
}
interface Document { openapi: string; paths: Record<string, Record<string, Operation>>; components: Record<string, Record<string, Media & Answer>>; security: object[] }

let server: TestServer;
let document: Document;
let operations: { route: string; method: string; path: string; operation: Operation }[];

beforeAll(async () => {
  server = await startServer();
  document = (await server.call('GET', '/api-json', { token: null })).body as unknown as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, method, path, operation })));
});
afterAll(() => server?.stop());

/** Routes for which something does not hold. */
const without = (holds: (entry: (typeof operations)[number]) => unknown): string[] => operations.filter((entry) => !holds(entry)).map(({ route }) => route);
const success = (operation: Operation): [string, Answer] => Object.entries(operation.responses).find(([status]) => status.startsWith('2') || status === '101') as [string, Answer];
const mediaOf = (answer: Answer): Media | undefined => Object.values(answer.content ?? {})[0];
/** Why a value does not fit a schema of the document; undefined where it does. */
function misfit(schema: object, value: unknown): string | undefined {
  const checked = z.fromJSONSchema({ ...schema, components: document.components } as never, { defaultTarget: 'openapi-3.0' }).safeParse(value);
  return checked.success ? undefined : z.prettifyError(checked.error);
}

describe('the API document', () => {
  it('knows every operation by a name of its own, a sentence, and a permission or that it is public', () => {
    expect(operations.length).toBeGreaterThan(15);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    expect(without(({ operation }) => /^[A-Z].*\.$/.test(operation.summary ?? ''))).toEqual([]);
    expect(without(({ operation }) => /^[a-z-]+:[a-z-]+$/.test(operation['x-permission'] ?? '') !== (operation['x-public'] === true))).toEqual([]);
    expect(without(({ operation }) => (operation['x-public'] ? operation.security?.length === 0 : operation.security === undefined))).toEqual([]);
    expect(document.security).toEqual([{ bearer: [] }]);
  });

  it('gives every parameter a schema, and names those in the path as required', () => {
    expect(without(({ operation }) => (operation.parameters ?? []).every((parameter) => parameter.schema && Object.keys(parameter.schema).length > 0))).toEqual([]);
    expect(without(({ path, operation }) => {
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path' && parameter.required).map((parameter) => parameter.name);
      return JSON.stringify(declared.sort()) === JSON.stringify([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    })).toEqual([]);
  });

  it('gives every body a schema of JSON that knows its fields and a whole example that fits it, or says that it is bytes', () => {
    const bytes = (operation: Operation): boolean => Object.values(operation.requestBody?.content ?? {}).every(({ schema }) => JSON.stringify(schema) === '{"type":"string","format":"binary"}');
    expect(without(({ operation }) => operation.requestBody === undefined || bytes(operation) || JSON.stringify(operation.requestBody.content['application/json']?.schema ?? {}).includes('"properties"'))).toEqual([]);
    const wrong = operations.flatMap(({ route, operation }) => {
      const schema = operation.requestBody?.content['application/json']?.schema as { example?: unknown } | undefined;
      const why = schema && (schema.example === undefined ? 'no example' : misfit(schema, schema.example));
      return why ? [`${route}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('gives every answer a schema and an example that fits it', () => {
    expect(without(({ operation }) => ['101', '204'].includes(success(operation)[0]) || (mediaOf(success(operation)[1])?.schema && mediaOf(success(operation)[1])?.example !== undefined))).toEqual([]);
    const wrong = operations.flatMap(({ route, operation }) => {
      const media = mediaOf(success(operation)[1]);
      const why = media?.schema && misfit(media.schema, media.example);
      return why ? [`${route}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('says which problems each operation has, with a schema that their examples fit', () => {
    expect(without(({ operation }) => operation.responses.default)).toEqual([]);
    expect(without(({ operation }) => operation['x-public'] || (operation.responses['401'] && operation.responses['403']))).toEqual([]);
    expect(without(({ path, operation }) => !path.includes('{') || operation.responses['404'])).toEqual([]);
    expect(without(({ operation }) => !operation.requestBody || operation.responses['400'])).toEqual([]);
    expect(misfit(document.components.schemas?.Problem as object, { status: 'x' })).toBeDefined();
    for (const answer of Object.values(document.components.responses as Record<string, Answer>)) expect(misfit(document.components.schemas?.Problem as object, mediaOf(answer)?.example)).toBeUndefined();
  });

  it('is OpenAPI 3.0 in its words: every reference leads somewhere, and no schema speaks another dialect', () => {
    expect(document.openapi).toMatch(/^3\.0\./);
    const faults: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const item = value as Record<string, unknown>;
      if (typeof item.$ref === 'string' && !item.$ref.slice(2).split('/').reduce<unknown>((place, key) => (place as Record<string, unknown> | undefined)?.[key], document)) faults.push(`${at}: ${item.$ref}`);
      if (at.includes('schema') && (typeof item.exclusiveMinimum === 'number' || typeof item.exclusiveMaximum === 'number' || Array.isArray(item.type) || 'const' in item || item.type === 'null')) faults.push(at);
      for (const [key, inner] of Object.entries(item)) if (key !== 'example') look(inner, `${at}/${key}`);
    };
    look(document, '#');
    expect(faults).toEqual([]);
  });

  it('is kept by what the server answers to every list and every other route without a name in its path', async () => {
    const wrong: string[] = [];
    for (const { route, path, operation } of operations.filter(({ method, path, operation }) => method === 'get' && !path.includes('{') && !success(operation)[1].content?.['text/event-stream'])) {
      const answer = await server.call('GET', path);
      const media = success(operation)[1].content?.['application/json'];
      if (answer.status !== 200) wrong.push(`${route}: ${answer.status}`);
      else if (media?.schema) wrong.push(...[misfit(media.schema, answer.body)].flatMap((why) => (why ? [`${route}: ${why}`] : [])));
    }
    expect(wrong).toEqual([]);
  });
});
