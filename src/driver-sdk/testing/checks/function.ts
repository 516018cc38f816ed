import type { DriverFunction, JsonSchema } from '../../function.js';
import { ensure, ensureRefused, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value), array: Array.isArray, string: (value) => typeof value === 'string', boolean: (value) => typeof value === 'boolean',
  number: Number.isFinite, integer: Number.isInteger, null: (value) => value === null,
};

/**
 * Where a value does not fit a schema, looked at as deep as `type`, `properties`, `required`, `items` and `enum` go; undefined where it does.
 * The kit has no validator within it; the host checks every keyword.
 */
export function misfit(value: unknown, schema: JsonSchema, path = 'the output'): string | undefined {
  const { type, properties = {}, required = [], items, enum: words } = schema as { type?: string | string[]; properties?: Record<string, JsonSchema>; required?: string[]; items?: JsonSchema; enum?: unknown[] };
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.some((name) => TYPES[name]?.(value))) return `${path} is no ${types.join(' or ')}: ${show(value)}`;
  if (words && !words.includes(value)) return `${path} is none of ${show(words)}`;
  if (Array.isArray(value)) return items && value.map((item, index) => misfit(item, items, `${path}[${index}]`)).find((why) => why !== undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as Record<string, unknown>;
  const missing = required.find((name) => row[name] === undefined);
  if (missing !== undefined) return `${path}.${missing} is missing`;
  return Object.entries(properties).filter(([name]) => row[name] !== undefined).map(([name, part]) => misfit(row[name], part, `${path}.${name}`)).find((why) => why !== undefined);
}

/** Functions that can be called here, each with its input. */
async function callable(context: CheckContext): Promise<{ declared: DriverFunction; input: unknown }[]> {
  const given = (await context.place()).functions;
  const declared = context.manifest.functions ?? [];
  const needsNone = ({ read, input }: DriverFunction): boolean => read && !((input as { required?: string[] }).required?.length);
  const found = declared.filter((each) => (given ? each.name in given : needsNone(each))).map((each) => ({ declared: each, input: given?.[each.name] ?? {} }));
  return found.length > 0 ? found : skip(given ? 'place.functions names no function of the manifest' : 'no function reads without input; place.functions gives some');
}

const check = (what: string, sentence: string, run: Check['run']): Check => ({ id: `function.${what}`, capability: 'function', sentence, run });

/** Functions of the driver's own. */
export const functionChecks: Check[] = [
  check('call', 'answers each function that the manifest declares', async (context) => {
    const { region } = await context.place();
    for (const { declared, input } of await callable(context)) {
      const answer = await context.call('function.call', { region, name: declared.name, input });
      ensure(answer !== null && typeof answer === 'object' && 'output' in answer, `${declared.name} answered ${show(answer)}, without an output`);
    }
  }),
  check('output', 'gives output that fits the schema of the manifest', async (context) => {
    const { region } = await context.place();
    for (const { declared, input } of await callable(context)) {
      const { output } = await context.call('function.call', { region, name: declared.name, input });
      const why = misfit(output, declared.output);
      ensure(why === undefined, `${declared.name}: ${why}`);
    }
  }),
  check('unknown', 'answers NOT_FOUND to a function that the manifest does not have', async (context) => {
    const { region } = await context.place();
    await ensureRefused(context.call('function.call', { region, name: 'noSuchFunction', input: {} }), ['NOT_FOUND'], 'an unknown function');
  }),
];
