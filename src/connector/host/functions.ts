import { type DriverFunction, DriverError, type JsonSchema, type Manifest } from '@mcmp/driver-sdk';
import { fieldOf } from '@mcmp/driver-sdk/bundle';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type BrokenRule, RequestRefused } from './refused.js';

/** Knows what a JSON Schema may say. Kept for good, and given nothing to keep: checking a schema leaves no trace in it. */
const grammar = new Ajv2020({ strict: false, validateFormats: false });

/** Compiles one schema in a compiler of its own: a shared one keeps every schema it ever saw, and each new version of a driver brings its own. */
const compile = (schema: JsonSchema): ValidateFunction => new Ajv2020({ allErrors: false, strict: false, validateFormats: false, validateSchema: false, meta: false }).compile(schema);

interface Checks { input: ValidateFunction; output: ValidateFunction }
/** Compiled once per manifest, and forgotten with it. */
const compiled = new WeakMap<DriverFunction, Checks>();

/** Why a schema cannot be used; undefined where it can. References must stay within it, so that checking never asks the network. */
function wrong(schema: JsonSchema): string | undefined {
  try {
    if (grammar.validateSchema(schema) !== true) return grammar.errorsText(grammar.errors, { dataVar: 'schema' }).slice(0, 300);
    compile(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message.slice(0, 300);
  }
}

/** What is wrong with the schemas of a manifest's functions, as a sentence. */
export function brokenFunction({ functions = [] }: Manifest): string | undefined {
  for (const { name, input, output } of functions) {
    for (const [part, schema] of [['input', input], ['output', output]] as const) {
      const why = wrong(schema);
      if (why !== undefined) return `the ${part} schema of the function ${name} is no JSON Schema: ${why}`;
    }
  }
  return undefined;
}

/** A driver's own function, with what checks its input (@throws RequestRefused) and output (@throws DriverError UNKNOWN). @throws DriverError NOT_FOUND. */
export function functionOf(manifest: Manifest, name: string): DriverFunction & { checkInput(value: unknown): void; checkOutput(value: unknown): void } {
  const found = manifest.functions?.find((candidate) => candidate.name === name);
  if (!found) throw new DriverError('NOT_FOUND', `driver ${manifest.name} ${manifest.version} has no function "${name}"; it has ${manifest.functions?.map((each) => each.name).join(', ') ?? 'none'}`);
  const checks = compiled.get(found) ?? { input: compile(found.input), output: compile(found.output) };
  compiled.set(found, checks);
  return {
    ...found,
    checkInput: (value) => {
      if (value === undefined && !checks.input(value)) throw new RequestRefused(name, [{ path: ['input'], message: 'is required' }]);
      if (!checks.input(value)) throw new RequestRefused(name, [broken(checks.input.errors?.[0], 'input')]);
    },
    checkOutput: (value) => {
      if (checks.output(value)) return;
      const { path, message } = broken(checks.output.errors?.[0], 'output');
      throw new DriverError('UNKNOWN', `driver ${manifest.name} ${manifest.version} answered the function ${name} with a wrong shape: ${fieldOf(path)}: ${message}`);
    },
  };
}

/** What ajv found, as the rule of one field: a missing or unknown one is named itself, not what should hold it. */
function broken(error: ErrorObject | undefined, root: string): BrokenRule {
  const parts = (error?.instancePath ?? '').split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = [root, ...parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
  const params = (error?.params ?? {}) as { missingProperty?: string; additionalProperty?: string; unevaluatedProperty?: string; allowedValues?: unknown[] };
  const unknown = params.additionalProperty ?? params.unevaluatedProperty;
  if (params.missingProperty !== undefined) return { path: [...path, params.missingProperty], message: 'is required' };
  if (unknown !== undefined) return { path, message: `has the unknown field "${unknown}"`, code: 'unrecognized_keys', keys: [unknown] };
  if (params.allowedValues) return { path, message: `must be one of ${JSON.stringify(params.allowedValues).slice(0, 300)}` };
  return { path, message: error?.message ?? 'breaks its schema' };
}
