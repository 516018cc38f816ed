/** The part of JSON Schema that a form can be made from. */
export interface Property { type?: string; enum?: unknown[]; title?: string; description?: string; default?: unknown; items?: Property }

/** One field of a form that stands for a flat JSON Schema. */
export interface SchemaField { name: string; property: Property; required: boolean }

const SIMPLE = ['string', 'number', 'integer', 'boolean'];
const simple = (property: Property): boolean => (property.enum !== undefined ? property.enum.every((value) => typeof value === 'string') : SIMPLE.includes(property.type ?? '')) || (property.type === 'array' && property.items?.type === 'string');

/** The fields of a flat schema; undefined where it is nested or says things that a form cannot hold, so that JSON is asked for. */
export function fieldsOf(schema: Record<string, unknown>): SchemaField[] | undefined {
  if (schema.type !== 'object' || ['oneOf', 'anyOf', 'allOf', '$ref', 'patternProperties', 'if'].some((word) => word in schema)) return undefined;
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Property>);
  const required = (schema.required ?? []) as string[];
  return properties.every(([, property]) => simple(property)) ? properties.map(([name, property]) => ({ name, property, required: required.includes(name) })) : undefined;
}

export type FieldValue = string | boolean | string[];

/** The input as JSON; what was left empty is left out. */
export function inputOf(fields: readonly SchemaField[], values: Record<string, FieldValue>): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap(({ name, property }) => {
    const value = values[name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return [];
    return [[name, property.type === 'number' || property.type === 'integer' ? Number(value) : value]];
  }));
}
