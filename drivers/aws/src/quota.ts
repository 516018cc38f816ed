import type { Quota, QuotaHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { failedWith } from './errors.js';
import { present } from './map.js';
import { readAll, readPage } from './pages.js';
import type { KnownQuota, QuotaService } from './quota-table.js';
import { KNOWN_QUOTAS, QUOTA_SERVICES, quotaOfSpec } from './quota-table.js';
import { usedAtServices } from './quota-usage.js';

/** Limits that we know, from Service Quotas, with what is in use now counted at the services themselves; where that API is absent, the published defaults. */
export function quotas(aws: Aws): QuotaHandlers {
  return {
    async list(request, signal) {
      return readPage(request, [1, 1000], async () => {
        const ec2 = await aws.ec2(request.region, signal);
        const limits = new Map(await Promise.all(QUOTA_SERVICES.map(async (service) => [service, await limitsOf(aws, service, request.region, signal)] as const)));
        const limitOf = ({ service, id, defaultLimit }: KnownQuota): number | undefined => { const own = limits.get(service); return own ? own.get(id) : defaultLimit; };
        const told = KNOWN_QUOTAS.filter((known) => limitOf(known) !== undefined);
        const used = new Map([...(await usageOf(ec2)), ...(await usedAtServices(aws, request.region, new Set(told.map(({ service }) => service)), signal))]);
        return { items: told.map((known): Quota => ({ id: known.id, name: known.name, region: request.region, measure: known.measure, limit: limitOf(known)!, source: limits.get(known.service) ? 'account' : 'default', ...present({ specPrefixes: known.specPrefixes, used: used.get(known.id) }) })) };
      });
    },
  };
}

/** This account's limits by quota code; none for a service that the endpoint does not know. @returns nothing where the endpoint or the credential has no Service Quotas. */
async function limitsOf(aws: Aws, service: QuotaService, region: string, signal: AbortSignal): Promise<Map<string, number> | undefined> {
  const global = service === 's3' || service === 'iam';
  const quotas = await aws.service('servicequotas', global ? aws.homeRegion : region, signal);
  try {
    return new Map(await readAll(100, async (query) => {
      const answer = await quotas.send(new quotas.ListServiceQuotasCommand({ ...query, ServiceCode: service }));
      return { items: (answer.Quotas ?? []).flatMap(({ QuotaCode, Value }): [string, number][] => (QuotaCode && Value !== undefined ? [[QuotaCode, Value]] : [])), next: answer.NextToken };
    }));
  } catch (error) {
    if (aws.lacks(error)) return undefined;
    if (failedWith(error, 'NoSuchResourceException')) return new Map();
    throw error;
  }
}

/** More instances than this are not counted; what is in use then stays untold. */
const MOST_PAGES = 5;

/** What is in use by quota code. Service Quotas does not tell it, and CloudWatch tells it late. */
async function usageOf(ec2: Ec2): Promise<Map<string, number>> {
  const [vcpus, addresses, networks] = await Promise.all([
    vcpusOf(ec2),
    ec2.send(new ec2.DescribeAddressesCommand({})).then(({ Addresses }) => Addresses?.length ?? 0),
    readAll(1000, async (query) => {
      const { Vpcs = [], NextToken } = await ec2.send(new ec2.DescribeVpcsCommand(query));
      return { items: Vpcs, next: NextToken };
    }).then(({ length }) => length),
  ]);
  return new Map([...vcpus, ['L-0263D0A3', addresses], ['L-F678F1CE', networks]]);
}

/** vCPUs of running instances by quota. A limit without its use still helps, so nothing is told where the count fails, is too long, or an instance does not tell its vCPUs. */
async function vcpusOf(ec2: Ec2): Promise<[string, number][]> {
  const running = { Name: 'instance-state-name', Values: ['pending', 'running'] };
  const instances = await readAll(1000, async (query) => {
    const { Reservations = [], NextToken } = await ec2.send(new ec2.DescribeInstancesCommand({ ...query, Filters: [running] }));
    return { items: Reservations.flatMap(({ Instances = [] }) => Instances), next: NextToken };
  }, MOST_PAGES).catch(() => undefined);
  if (instances === undefined) return [];
  const used = new Map(KNOWN_QUOTAS.filter(({ measure }) => measure === 'vcpu').map(({ id }) => [id, 0]));
  for (const { InstanceType = '', CpuOptions, InstanceLifecycle } of instances) {
    const vcpus = (CpuOptions?.CoreCount ?? NaN) * (CpuOptions?.ThreadsPerCore ?? NaN);
    const quota = quotaOfSpec(InstanceType);
    if (quota && InstanceLifecycle !== 'spot') used.set(quota.id, (used.get(quota.id) ?? 0) + vcpus);
  }
  return [...used].filter(([, count]) => !Number.isNaN(count));
}
