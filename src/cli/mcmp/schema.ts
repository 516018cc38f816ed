import type { ApiDocument, ApiSchema } from './generate.js';

/** A JSON schema of draft 7, which editors know best. */
export interface JsonSchema extends Omit<ApiSchema, 'example' | 'nullable' | 'type' | 'properties' | 'items' | 'anyOf' | 'oneOf' | 'additionalProperties'> {
  $schema?: string; $id?: string; title?: string; type?: string | string[]; properties?: Record<string, JsonSchema>; items?: JsonSchema; anyOf?: JsonSchema[]; additionalProperties?: boolean | JsonSchema; examples?: unknown[];
}

const REQUEST = '/v1/projects/{project}/mcis';

/** Rewrites what OpenAPI 3.0 says otherwise: `nullable` and `example`. */
function plain(schema: ApiSchema): JsonSchema {
  const { example, nullable, type, properties, items, anyOf, oneOf, additionalProperties, ...rest } = schema;
  const choices = anyOf ?? oneOf;
  return {
    ...rest,
    ...(type !== undefined && { type: nullable ? [type, 'null'] : type }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, plain(member)])) }),
    ...(items && { items: plain(items) }),
    ...(choices && { anyOf: choices.map(plain) }),
    ...(additionalProperties !== undefined && { additionalProperties: typeof additionalProperties === 'object' ? plain(additionalProperties) : additionalProperties }),
    ...(example !== undefined && { examples: [example] }),
  };
}

/** What an MCI document may say: the body of the request that makes one, and `$schema` for editors. */
export function mciSchema(document: ApiDocument): JsonSchema {
  const body = document.paths[REQUEST]?.post?.requestBody?.content['application/json']?.schema;
  if (!body) throw new Error(`the open API has no POST ${REQUEST}`);
  const schema = plain(body);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#', title: 'An MCI of M-CMP', description: 'VM groups over any clouds and regions, run as one thing: `mcmp mci create -f FILE`.', ...schema,
    properties: { $schema: { type: 'string', description: 'For editors; not sent to the server' }, ...schema.properties },
  };
}
