import { CAPABILITY_METHODS, type ManifestField } from '@mcmp/driver-sdk';
import { fieldOf } from '@mcmp/driver-sdk/bundle';
import type { LoadedDriver } from './bundle.js';
import type { ConnectAnswer } from './protocol.js';
import { brokenFunction } from './functions.js';
import { TraitsShape } from './shapes.js';

/** How what `connect` gave differs from what the manifest declares; undefined where it does not. */
export function difference({ manifest }: Pick<LoadedDriver, 'manifest'>, answer: ConnectAnswer): string | undefined {
  const given = Object.keys(answer?.groups ?? {});
  const missing = manifest.capabilities.filter((capability) => !given.includes(capability));
  const extra = given.filter((group) => !(manifest.capabilities as string[]).includes(group));
  if (missing.length > 0) return `the manifest declares ${missing.join(', ')}, but connect() does not give it`;
  if (extra.length > 0) return `connect() gives ${extra.join(', ')}, but the manifest does not declare it`;
  for (const capability of manifest.capabilities) {
    const absent = CAPABILITY_METHODS[capability].filter((method) => !method.endsWith('?') && !answer.groups[capability]?.includes(method));
    if (absent.length > 0) return `the handler group ${capability} lacks ${absent.join(', ')}`;
  }
  const broken = brokenFunction(manifest);
  if (broken !== undefined) return broken;
  const traits = TraitsShape.safeParse(answer.traits);
  return traits.success ? undefined : `traits.${fieldOf(traits.error.issues[0]?.path ?? [])}: ${traits.error.issues[0]?.message ?? 'wrong'}`;
}

/** Made-up values for the fields that a driver requires, to connect with where no cloud is asked. */
export const trialValues = (fields: ManifestField[] = []): Record<string, string> =>
  Object.fromEntries(fields.filter(({ required }) => required).map((field) => [field.name, field.default ?? field.values?.[0] ?? 'trial-value']));
