import { type DriverFunction, DriverError, type JsonSchema, type Manifest } from '@mcmp/driver-sdk';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

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

/** A driver's own function, with what checks its input and output. @throws DriverError NOT_FOUND. */
export function functionOf(manifest: Manifest, name: string): DriverFunction & { checkInput(value: unknown): void; checkOutput(value: unknown): void } {
  const found = manifest.functions?.find((candidate) => candidate.name === name);
  if (!found) throw new DriverError('NOT_FOUND', `driver ${manifest.name} ${manifest.version} has no function "${name}"; it has ${manifest.functions?.map((each) => each.name).join(', ') ?? 'none'}`);
  const checks = compiled.get(found) ?? { input: compile(found.input), output: compile(found.output) };
  compiled.set(found, checks);
  return {
    ...found,
    checkInput: (value) => {
      if (checks.input(value)) return;
      const [field, rule] = issue(checks.input.errors?.[0], 'input');
      throw new DriverError('INVALID_REQUEST', `${name}: ${field}: ${rule}`, { field });
    },
    checkOutput: (value) => {
      if (checks.output(value)) return;
      const [field, rule] = issue(checks.output.errors?.[0], 'output');
      throw new DriverError('UNKNOWN', `driver ${manifest.name} ${manifest.version} answered the function ${name} with a wrong shape: ${field}: ${rule}`);
    },
  };
}

/** Field as people write it (`input.ids[0]`), and the rule that it breaks. */
function issue(error: ErrorObject | undefined, root: string): [field: string, rule: string] {
  const path = (error?.instancePath ?? '').split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const field = path.reduce((text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : `${text}.${part}`), root);
  return [field, error?.message ?? 'breaks its schema'];
}
