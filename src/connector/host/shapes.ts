/** The SDK's shapes as schemas: what a driver is asked and what it answers is checked against them. A request with a field that its method does not have is refused; unknown members within its fields, and of an answer, are dropped. */
import { CAPABILITY_METHODS, type Capability, type Traits } from '@mcmp/driver-sdk';
import { z } from 'zod';
import type { CloudMethod, CloudRequest, CloudResult } from '../session.js';
import type { Drift } from '@mcmp/driver-sdk/bundle';
import { count, kind } from './shapes/base.js';
import { CORE } from './shapes/core.js';
import { NETWORK } from './shapes/network.js';
import { SERVICES } from './shapes/services.js';

/** Request and result schema of every method. */
export const SHAPES = { ...CORE, ...NETWORK, ...SERVICES } satisfies { [M in CloudMethod]: { request: z.ZodType<CloudRequest<M>>; result: z.ZodType<CloudResult<M>> } };

const requests = new Map<CloudMethod, z.ZodType>();

/** The request schema of a method, which takes no other fields. */
export function requestShape(method: CloudMethod): z.ZodType {
  const shape: z.ZodType = SHAPES[method].request;
  const strict = requests.get(method) ?? (shape instanceof z.ZodObject ? shape.strict() : shape);
  requests.set(method, strict);
  return strict;
}

/** What a session says of itself. */
export const TraitsShape = z.object({
  idempotencyToken: z.array(kind), uniqueName: z.array(kind), consistencyWindowMs: count, networkScope: z.enum(['region', 'global']), subnetScope: z.enum(['zone', 'region']), vmBatch: z.int().min(1).max(1000),
  clusterNeedsNodes: z.boolean().optional(), lacks: z.array(z.enum(Object.keys(CAPABILITY_METHODS) as [Capability, ...Capability[]])).optional(), subnetsForServices: z.int().min(1).max(6).optional(),
});

// A compile error here names the method whose schema and SDK type differ, and how.
type Shapes = typeof SHAPES;
type ShapeDrift = Drift<z.infer<typeof TraitsShape>, Traits> | { [M in CloudMethod]: Drift<z.infer<Shapes[M]['request']>, CloudRequest<M>> | Drift<z.infer<Shapes[M]['result']>, CloudResult<M>> }[CloudMethod] | Exclude<keyof Shapes, CloudMethod>;
const noDrift: [ShapeDrift] extends [never] ? true : ShapeDrift = true;
void noDrift;
