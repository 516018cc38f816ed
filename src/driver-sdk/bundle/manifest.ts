import { valid } from 'semver';
import { z } from 'zod';
import { CAPABILITY_METHODS } from '../capabilities.js';
import type { Capability } from '../driver.js';
import type { Manifest } from '../manifest.js';
import type { Drift } from './drift.js';

const CAPABILITIES = Object.keys(CAPABILITY_METHODS) as [Capability, ...Capability[]];
const METHODS = Object.entries(CAPABILITY_METHODS).flatMap(([capability, methods]) => methods.map((method) => `${capability}.${method.replace('?', '')}`));

/** Whether a pattern such as `vm.*` or `*.list` fits a method. */
export function fitsMethod(pattern: string, method: string): boolean {
  if (pattern === '*') return true;
  const [capability, name] = pattern.split('.');
  const [itsCapability, itsName] = method.split('.');
  return (capability === '*' || capability === itsCapability) && (name === '*' || name === itsName);
}

const text = (max: number) => z.string('must be a text').min(1, 'must not be empty').max(max, `must have at most ${max} characters`);
const Label = z.strictObject({ en: text(1000), ko: text(1000).optional() });
const MethodPattern = text(100).refine((pattern) => METHODS.some((method) => fitsMethod(pattern, method)), { error: ({ input }) => `"${String(input)}" fits no method; patterns are such as vm.create, vm.*, *.list, *` });
const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
};

const Field = z
  .strictObject({
    name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,62}$/, 'must be letters and digits, beginning with a letter'),
    label: Label,
    help: Label.optional(),
    secret: z.boolean(),
    required: z.boolean(),
    pattern: text(1000).refine(compiles, 'is no regular expression').optional(),
    multiline: z.boolean().optional(),
    values: z.array(text(200)).min(1).max(200).optional(),
    default: z.string().max(1000).optional(),
  })
  .refine((field) => field.default === undefined || !field.values || field.values.includes(field.default), { path: ['default'], error: 'must be one of values' })
  .refine((field) => !field.multiline || !field.values, { path: ['multiline'], error: 'a field with values has one line' })
  .refine((field) => field.default === undefined || !field.secret, { path: ['default'], error: 'a secret field has no default' });

const twin = <T>(items: T[]): T | undefined => items.find((item, index) => items.indexOf(item) !== index);
const unique = (what: string, nameOf: (item: never) => string) => (context: z.core.ParsePayload<unknown[]>): void => {
  const found = twin((context.value as never[]).map(nameOf));
  if (found !== undefined) context.issues.push({ code: 'custom', message: `${what} "${found}" is there twice`, input: context.value });
};
const Fields = z.array(Field).max(50).check(unique('field', (field: { name: string }) => field.name));

const Limit = z.strictObject({
  methods: z.array(MethodPattern).min(1),
  scope: z.enum(['account', 'region'], 'must be account or region'),
  burst: z.number().min(1, 'must be 1 or more').max(1_000_000),
  perSecond: z.number().positive('must be above 0').max(1_000_000),
  cost: z.enum(['calls', 'items'], 'must be calls or items').optional(),
});

const JsonSchema = z.record(z.string(), z.unknown());
const DriverFunction = z.strictObject({
  name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,59}$/, 'must be letters and digits, beginning with a small letter'),
  title: Label,
  description: Label.optional(),
  read: z.boolean('must be true or false'),
  input: JsonSchema,
  output: JsonSchema,
});

const ManifestSchema = z.strictObject({
  name: z.string('must be a text').regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be 2 to 31 of a-z, 0-9 and hyphen, beginning with a letter'),
  version: z.string('must be a text').regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'must be a semantic version such as 1.2.3').max(100).refine((version) => valid(version) !== null, 'must be a semantic version such as 1.2.3, without leading zeros or empty parts'),
  sdk: z.literal(1, { error: ({ input }) => `only driver SDK 1 is known here; the driver asks for ${JSON.stringify(input) ?? 'none'}` }),
  cloud: z.string('must be a text').regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a lower-case word'),
  title: Label,
  description: Label.optional(),
  keywords: z.array(z.string('must be a text').regex(/^[^\s,]{1,50}$/, 'must be one word of at most 50 characters')).max(20).check(unique('keyword', (word: string) => word)).optional(),
  entry: z.string().regex(/^(?!\/)(?!.*\\)(?!(?:.*\/)?\.{1,2}(?:\/|$)).+\.(m?js)$/, 'must be the path of a .js or .mjs file within the folder').default('dist/index.js'),
  capabilities: z
    .array(z.enum(CAPABILITIES, { error: ({ input }) => `"${String(input)}" is not a capability; known are ${CAPABILITIES.join(', ')}` }))
    .min(1, 'must name one or more')
    .check(unique('capability', (name: string) => name)),
  credential: Fields,
  options: Fields.optional(),
  endpoint: z.enum(['optional', 'required', 'none'], 'must be optional, required or none'),
  limits: z.array(Limit).max(200),
  deadlinesMs: z.record(MethodPattern, z.number().int().min(100, 'must be 100 or more').max(3_600_000)).optional(),
  functions: z.array(DriverFunction).min(1).max(200).check(unique('function', (item: { name: string }) => item.name)).optional(),
}).refine((manifest) => (manifest.functions !== undefined) === manifest.capabilities.includes('function'), { path: ['functions'], error: 'must be there exactly where the capability function is listed' });

// A compile error here names what differs between this schema and the SDK's type.
type ManifestDrift = Drift<z.infer<typeof ManifestSchema>, Manifest>;
const noDrift: [ManifestDrift] extends [never] ? true : ManifestDrift = true;
void noDrift;

/**
 * Reads the text of a `driver.json`.
 * Gives the manifest (with the default entry filled in), or one sentence that names every broken rule.
 */
export function parseManifest(json: string): { manifest: Manifest } | { why: string } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { why: `driver.json is no JSON: ${(error as Error).message.slice(0, 200)}` };
  }
  const parsed = ManifestSchema.safeParse(value);
  if (parsed.success) return { manifest: parsed.data };
  return { why: `driver.json: ${parsed.error.issues.slice(0, 20).map((issue) => `${issue.path.length > 0 ? `${fieldOf(issue.path)}: ` : ''}${issue.message}`).join('; ')}` };
}

/** A path as people write it: `credential[0].name`. */
export const fieldOf = (path: readonly PropertyKey[]): string => path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`), '');

/** Time for one call of `method` in milliseconds: its own, its capability's, everybody's, or 30 s. */
export function deadlineOf(manifest: Manifest, method: string): number {
  const deadlines = Object.entries(manifest.deadlinesMs ?? {});
  const exact = deadlines.find(([pattern]) => pattern === method) ?? deadlines.find(([pattern]) => pattern !== '*' && fitsMethod(pattern, method));
  return (exact ?? deadlines.find(([pattern]) => pattern === '*'))?.[1] ?? 30_000;
}
