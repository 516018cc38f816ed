import type { Manifest } from '@mcmp/driver-sdk';
import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = Record<string, unknown>;
type Paths = OpenAPIObject['paths'];

/** A schema without what only names it, which OpenAPI has no place for. */
const bare = ({ $schema: _schema, $id: _id, ...schema }: Schema): Schema => schema;
/** A small value that fits a schema: its own example where it has one, else the least that its keywords ask for. A `pattern` needs an example of its own. */
function sample(schema: Schema): unknown {
  const { examples, default: preset, enum: values, type, properties = {}, required = [], items = {}, minItems = 0, minimum = 0, minLength = 0 } = schema as Schema & {
    examples?: unknown[]; enum?: unknown[]; type?: string | string[]; properties?: Record<string, Schema>; required?: string[]; items?: Schema; minItems?: number; minimum?: number; minLength?: number;
  };
  if (examples?.length) return examples[0];
  if ('const' in schema) return schema.const;
  if (preset !== undefined) return preset;
  if (values?.length) return values[0];
  switch (Array.isArray(type) ? type[0] : (type ?? (schema.properties ? 'object' : undefined))) {
    case 'object': return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));
    case 'array': return Array.from({ length: minItems }, () => sample(items));
    case 'string': return 'text'.padEnd(minLength, 'x');
    case 'integer':
    case 'number': return minimum;
    case 'boolean': return true;
    case 'null': return null;
    default: return {};
  }
}
const text = (description: string): Schema => ({ type: 'string', minLength: 1, description });

/** Paths of drivers' own functions, by their names and with their schemas; each is served by the one generic route. */
export function functionPaths(manifests: readonly Manifest[]): Paths {
  const paths: Paths = {};
  for (const { name: driver, version, functions = [] } of manifests) {
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
            content: { 'application/json': { schema: { type: 'object', required: ['connection', 'region', 'input'], additionalProperties: false, properties: { connection: text('Id or name of the connection to call it on'), region: text('Region id'), input: bare(input) }, example: { connection: 'main', region: 'us-east-1', input: sample(input) } } as never } },
          },
          responses: { 200: { description: `${title.en}.`, content: { 'application/json': { schema: { type: 'object', properties: { driver: { type: 'string' }, version: { type: 'string' }, output: bare(output) } } as never, example: { driver, version, output: sample(output) } } } } },
        } as never,
      };
    }
  }
  return paths;
}
