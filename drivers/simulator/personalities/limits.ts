import type { Personality } from '../world/types.js';

type Limit = Personality['limits'][number];

/** Where most facts about manners were gathered; each page is public documentation of its provider. */
export const THROTTLING_PAGES = {
  ec2: 'AWS, "Request throttling for the Amazon EC2 API", read 2026-08',
  arm: 'Microsoft, "Azure Resource Manager throttling" (token bucket), read 2026-08',
  gce: 'Google, "Compute Engine API rate quotas" (1,500 a minute per group), read 2026-08',
} as const;

/** Limits where a provider publishes none: not lower than what many clients run with in practice, so a polite client is not refused. */
export const guessedLimits = (scope: Limit['scope'] = 'region'): Limit[] => [
  { methods: ['vm.create'], scope, burst: 10, perSecond: 3, source: 'guess: none published' },
  { methods: ['*'], scope, burst: 60, perSecond: 20, source: 'guess: none published' },
];

/** One bucket for each API: the provider's own name and the method that the plain wire calls it by. */
export const bucketEach = (apis: string[][], burst: number, perSecond: number, source: string): Limit[] =>
  apis.map((methods) => ({ methods, scope: 'region', burst, perSecond, source }));
