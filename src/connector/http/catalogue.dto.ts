import { z } from 'zod';
import { pageOf } from '../../kernel/page.js';
import { CloudError } from './connections.dto.js';

const Time = z.iso.datetime();
const architecture = z.enum(['amd64', 'arm64']);

export const Price = z.object({
  currency: z.string().meta({ description: 'ISO 4217', example: 'USD' }),
  perHour: z.number(),
  source: z.string().meta({ description: 'Where it was read: an API or a dated price book' }),
  asOf: Time.meta({ description: 'Time at which the source gave it' }),
  simulated: z.boolean().meta({ description: 'True where nobody published it' }),
  ageDays: z.int().meta({ description: 'Whole days since `asOf`' }),
});
export const Spec = z.object({
  connectionId: z.uuid(), connection: z.string(), cloud: z.string(), region: z.string(), id: z.string(), vcpu: z.number(), memoryMiB: z.int(), architecture,
  gpuCount: z.number(), gpuModel: z.string().optional(), gpuMemoryMiB: z.int().optional(), localDiskGiB: z.int().optional(), networkPerformance: z.string().optional(),
  zones: z.array(z.string()).optional().meta({ description: 'Zones that offer it; absent means all' }),
  price: Price.nullable().meta({ description: 'Price of the purchase asked for; null where none is known' }),
  syncedAt: Time,
});
export const SpecPage = pageOf(Spec);

export const PriceChangePage = pageOf(z.object({
  seenAt: Time.meta({ description: 'When it was read' }),
  price: Price.omit({ ageDays: true }).nullable().meta({ description: 'The price from then on; null where there was none any more' }),
}));

export const Image = z.object({
  connectionId: z.uuid(), connection: z.string(), cloud: z.string(), region: z.string(), id: z.string(), name: z.string(), osFamily: z.string(), osVersion: z.string(), architecture,
  sshUser: z.string(), minDiskGiB: z.int().optional(), createdAt: Time.optional(), publisher: z.string().optional(), syncedAt: Time,
});
export const ImagePage = pageOf(Image);

export const Region = z.object({
  connectionId: z.uuid(), connection: z.string(), cloud: z.string(), id: z.string(), name: z.string(), latitude: z.number().optional(), longitude: z.number().optional(), enabled: z.boolean(),
  zones: z.array(z.object({ id: z.string(), available: z.boolean() })), specCount: z.int(), imageCount: z.int(), syncedAt: Time.optional(), lastError: CloudError.nullable(),
});
export const RegionPage = pageOf(Region);
