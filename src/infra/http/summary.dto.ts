import { z } from 'zod';

const Counts = z.record(z.string(), z.int()).meta({ description: 'VMs by state', example: { running: 100 } });
const Prices = z.array(z.object({ currency: z.string(), perHour: z.number() })).meta({ description: 'One entry per currency; VMs that are planned, failed or terminated cost nothing' });

export const SummaryQuery = z.strictObject({
  cloud: z.string().max(40).optional().meta({ description: 'The cloud', example: 'aws' }),
  label: z.string().max(100).optional().meta({ description: '`key=value` of the MCI' }),
  state: z.string().max(20).optional().meta({ description: 'State of the VMs', example: 'running' }),
});
export const Summary = z.object({
  asOf: z.iso.datetime(), counts: Counts, pricePerHour: Prices, unpricedVms: z.int(),
  failures: z.array(z.object({ code: z.string(), count: z.int() })).meta({ description: 'VMs that failed, by code' }),
  places: z.array(z.object({
    connectionId: z.uuid(), cloud: z.string(), region: z.string(), counts: Counts, pricePerHour: Prices,
    mcis: z.array(z.object({ id: z.uuid(), name: z.string(), counts: Counts })),
  })).meta({ description: 'Where the VMs are; GET /v1/regions tells where on earth that is' }),
});
