import type { Manifest } from '@mcmp/driver-sdk';
import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = Record<string, unknown>;
type Paths = OpenAPIObject['paths'];

/** A schema without what only names it, which OpenAPI has no place for. */
const bare = ({ $schema: _schema, $id: _id, ...schema }: Schema): Schema => schema;
const text = (description: string): Schema => ({ type: 'string', minLength: 1, description });

/** Paths of drivers' own functions, by their names and with their schemas; each is served by the one generic route. */
export function functionPaths(manifests: readonly Manifest[]): Paths {
  const paths: Paths = {};
  for (const { name: driver, functions = [] } of manifests) {
    for (const { name, title, description, input, output } of functions) {
      paths[`/v1/drivers/${driver}/functions/${name}`] = {
        post: {
          operationId: `Function_${driver}_${name}`,
          tags: [`Functions of ${driver}`],
          summary: `${title.en.replace(/\.$/, '')}.`,
          ...(description && { description: description.en }),
          'x-permission': 'driver:call',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { type: 'object', required: ['connection', 'region', 'input'], additionalProperties: false, properties: { connection: text('Id or name of the connection to call it on'), region: text('Region id'), input: bare(input) } } as never } },
          },
          responses: { 200: { description: `${title.en}.`, content: { 'application/json': { schema: { type: 'object', properties: { driver: { type: 'string' }, version: { type: 'string' }, output: bare(output) } } as never } } } },
        } as never,
      };
    }
  }
  return paths;
}
