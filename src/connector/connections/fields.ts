import type { Manifest, ManifestField } from '@mcmp/driver-sdk';
import type { FieldProblem } from '../../kernel/problem.js';

/** Values of a form, as a person gave them. */
export type FieldValues = Record<string, string>;

const MAX_VALUE = 16_384;

function brokenRule(field: ManifestField, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return field.required ? 'is required' : undefined;
  if (value.length > MAX_VALUE) return `must have at most ${MAX_VALUE} characters`;
  if (field.values && !field.values.includes(value)) return `must be one of ${field.values.join(', ')}`;
  if (field.pattern !== undefined && !new RegExp(`^(?:${field.pattern})$`).test(value)) return `must match ${field.pattern}`;
  return undefined;
}

/**
 * Checks the values of one group of a driver's form; a rule never repeats a value, which may be secret.
 * Gives the values with defaults filled in and empty ones left out.
 */
export function checkFields(group: 'credential' | 'options', fields: readonly ManifestField[], given: FieldValues): { values: FieldValues; errors: FieldProblem[] } {
  const known = new Map(fields.map((field) => [field.name, field]));
  const errors: FieldProblem[] = Object.keys(given).filter((name) => !known.has(name)).map((name) => ({
    field: `${group}.${name}`, rule: 'is not a field of this driver', help: known.size > 0 ? `known fields: ${[...known.keys()].join(', ')}` : 'leave it out',
  }));
  const values: FieldValues = {};
  for (const field of fields) {
    const value = given[field.name] || field.default;
    const rule = brokenRule(field, value);
    if (rule !== undefined) errors.push({ field: `${group}.${field.name}`, rule, help: field.help?.en ?? field.label.en });
    else if (value) values[field.name] = value;
  }
  return { values, errors };
}

/** Checks the base URL of a connection against what its driver takes. */
export function checkEndpoint(manifest: Pick<Manifest, 'endpoint' | 'name'>, endpoint: string | undefined): FieldProblem[] {
  const wrong = (rule: string, help: string): FieldProblem[] => [{ field: 'endpoint', rule, help }];
  if (endpoint === undefined) return manifest.endpoint === 'required' ? wrong('is required', `the driver "${manifest.name}" must be told the base URL of its cloud`) : [];
  if (manifest.endpoint === 'none') return wrong('is not taken by this driver', 'leave it out');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return wrong('must be an http or https URL', 'e.g. https://cloud.example.com:5000');
  if (url.username || url.password || url.search || url.hash) return wrong('must hold no user name, password, query or fragment', 'put secrets into the credential');
  return [];
}

/** The cloud that a connection is of: a driver that plays many clouds says which by its option `cloud`. */
export const cloudOf = (manifest: Manifest, options: FieldValues): string => (manifest.options?.some(({ name }) => name === 'cloud') ? options.cloud : undefined) ?? manifest.cloud;
