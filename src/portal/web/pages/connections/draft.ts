import { ApiError } from '../../app/queries';
import type { ConnectionsCreateData } from '../../generated/types.gen';
import { shellWord } from '../../patterns/as-code';
import type { Driver, Field } from './queries';

/** What a person typed into the form of a connection; it lives in memory alone, since it holds secrets. */
export interface Draft { name: string; workspaceId: string | null; credential: Record<string, string>; options: Record<string, string>; endpoint: string; regions: string[]; verify: boolean; newCredential: boolean }

/** Rule that a value breaks, as a key of the words. */
export type Broken = { rule: 'rule.required' | 'rule.pattern' | 'rule.name' | 'rule.url'; pattern?: string };

const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The defaults of a driver's fields, as the form begins with them. */
export const defaultsOf = (fields: readonly Field[]): Record<string, string> => Object.fromEntries(fields.map((field) => [field.name, field.default ?? (field.required && field.values?.length === 1 ? field.values[0]! : '')]));

function brokenField(field: Field, value: string): Broken | undefined {
  if (value === '') return field.required ? { rule: 'rule.required' } : undefined;
  return field.pattern !== undefined && !new RegExp(`^(?:${field.pattern})$`).test(value) ? { rule: 'rule.pattern', pattern: field.pattern } : undefined;
}

/** Every rule that the draft breaks, by field as the API names it; the server checks them again. */
export function brokenRules(draft: Draft, driver: Driver): Record<string, Broken> {
  const broken: Record<string, Broken> = {};
  const note = (field: string, found: Broken | undefined): void => { if (found) broken[field] = found; };
  note('name', draft.name === '' ? { rule: 'rule.required' } : NAME.test(draft.name) ? undefined : { rule: 'rule.name' });
  if (draft.newCredential) for (const field of driver.credential) note(`credential.${field.name}`, brokenField(field, draft.credential[field.name] ?? ''));
  for (const field of driver.options) note(`options.${field.name}`, brokenField(field, draft.options[field.name] ?? ''));
  note('endpoint', draft.endpoint === '' ? (driver.endpoint === 'required' ? { rule: 'rule.required' } : undefined) : /^https?:\/\/./.test(draft.endpoint) && URL.canParse(draft.endpoint) ? undefined : { rule: 'rule.url' });
  return broken;
}

const given = (values: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

/** The request that makes the connection. */
export const createBody = (draft: Draft, driver: Driver): ConnectionsCreateData['body'] => ({
  name: draft.name, driver: driver.name, credential: given(draft.credential), ...(draft.workspaceId !== null && { workspaceId: draft.workspaceId }),
  ...(draft.endpoint !== '' && { endpoint: draft.endpoint }), ...(Object.keys(given(draft.options)).length > 0 && { options: given(draft.options) }), ...(draft.regions.length > 0 && { regions: draft.regions }),
});

/** The same with every value of the credential left out, to be shown and copied. */
export const shownBody = <B extends { credential?: Record<string, string> }>(body: B, driver: Driver): B => (body.credential === undefined ? body : { ...body, credential: Object.fromEntries(driver.credential.filter(({ name, required }) => required || body.credential?.[name] !== undefined).map(({ name }) => [name, '…'])) });

/** The command that makes or changes the connection; it asks for the credential itself. */
export function commandOf(verb: 'create' | 'update', of: string, draft: Draft, driver: Driver): string {
  const flags = [
    ...(verb === 'create' ? [`--driver ${driver.name}`] : draft.name !== of ? [`--name ${shellWord(draft.name)}`] : []),
    ...(draft.endpoint !== '' ? [`--endpoint ${shellWord(draft.endpoint)}`] : []),
    ...Object.entries(given(draft.options)).map(([name, value]) => `--option ${shellWord(`${name}=${value}`)}`),
    ...draft.regions.map((region) => `--region ${shellWord(region)}`),
    ...(draft.newCredential ? ['--credential-file credential.json'] : []),
    ...(draft.verify ? [] : ['--no-verify']), ...(verb === 'create' ? ['--watch'] : []),
  ];
  return [`mcmp connection ${verb} ${shellWord(of || 'NAME')}`, ...flags].join(' \\\n  ');
}

/** What the API found wrong, by field. */
export const refusedFields = (error: Error | undefined): Record<string, string> => Object.fromEntries((error instanceof ApiError ? (error.problem.errors ?? []) : []).map(({ field, rule }) => [field, rule]));
