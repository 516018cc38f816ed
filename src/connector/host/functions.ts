import { type DriverFunction, DriverError, type JsonSchema, type Manifest } from '@mcmp/driver-sdk';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ allErrors: false, strict: false, validateFormats: false, addUsedSchema: false, loadSchema: undefined });

interface Checks { input: ValidateFunction; output: ValidateFunction }
/** Compiled once per manifest, and forgotten with it. */
const compiled = new WeakMap<DriverFunction, Checks>();

/** Why a schema cannot be used; undefined where it can. References must stay within it, so that checking never asks the network. */
function wrong(schema: JsonSchema): string | undefined {
  try {
    ajv.compile(schema);
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
  const checks = compiled.get(found) ?? { input: ajv.compile(found.input), output: ajv.compile(found.output) };
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
