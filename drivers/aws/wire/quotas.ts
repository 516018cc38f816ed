import type { GetServiceQuotaRequest, ListServiceQuotasRequest, ServiceQuota } from '@aws-sdk/client-service-quotas';
import type { RegionView } from '../../simulator/world/types.js';
import { JsonError, jsonService, type JsonOperation } from './json.js';
import type { Model } from './model.js';
import type { Service } from './service.js';

/** Which service a limit belongs to, by what it counts. Elastic IPs are EC2's, networks are VPC's, disks EBS's. */
const SERVICES: Record<string, { code: string; name: string; measures: string[] }> = {
  ec2: { code: 'ec2', name: 'Amazon Elastic Compute Cloud (Amazon EC2)', measures: ['vcpu', 'vm', 'key-pair', 'public-ip', 'other'] },
  vpc: { code: 'vpc', name: 'Amazon Virtual Private Cloud (Amazon VPC)', measures: ['network', 'subnet', 'security-group'] },
  ebs: { code: 'ebs', name: 'Amazon Elastic Block Store (Amazon EBS)', measures: ['disk', 'disk-gib'] },
};

function quotasOf(view: RegionView, account: string, serviceCode: string): ServiceQuota[] {
  const service = Object.hasOwn(SERVICES, serviceCode) ? SERVICES[serviceCode] : undefined;
  if (!service) throw new JsonError('NoSuchResourceException', `The request failed because the specified service does not exist: ${serviceCode}`);
  return view.quotas().filter((quota) => service.measures.includes(quota.measure)).map((quota) => ({
    ServiceCode: service.code, ServiceName: service.name, QuotaCode: quota.id, QuotaName: quota.name, QuotaArn: `arn:aws:servicequotas:${view.region.id}:${account}:${service.code}/${quota.id}`,
    Value: quota.limit, Unit: 'None', Adjustable: true, GlobalQuota: false, QuotaAppliedAtLevel: 'ACCOUNT',
  }));
}

/** Lists by pages of at most 100; the token is the code of the last one. */
function listed(quotas: ServiceQuota[], input: ListServiceQuotasRequest): Record<string, unknown> {
  const size = input.MaxResults ?? 100;
  if (size < 1 || size > 100) throw new JsonError('IllegalArgumentException', 'MaxResults must be from 1 to 100');
  const after = input.NextToken ? Buffer.from(input.NextToken, 'base64url').toString('utf8') : '';
  if (input.NextToken && !quotas.some((quota) => quota.QuotaCode === after)) throw new JsonError('InvalidPaginationTokenException', 'Invalid input was provided for the pagination token');
  const rest = quotas.filter((quota) => !input.QuotaCode || quota.QuotaCode === input.QuotaCode).sort((a, b) => (a.QuotaCode! < b.QuotaCode! ? -1 : 1)).filter((quota) => quota.QuotaCode! > after);
  const cut = rest.slice(0, size);
  return { Quotas: cut, ...(cut.length < rest.length ? { NextToken: Buffer.from(cut.at(-1)!.QuotaCode!).toString('base64url') } : {}) };
}

const list: JsonOperation = { method: 'quota.list', run: (input, { view, request }) => listed(quotasOf(view, request.caller.account, String(input.ServiceCode)), input as unknown as ListServiceQuotasRequest) };

/** The published defaults, which an account's own limits may exceed. */
const listDefaults: JsonOperation = {
  method: 'quota.list',
  run(input, { view, request }) {
    const published = new Map(view.personality.quotas.map((quota) => [quota.id, quota.limit]));
    const quotas = quotasOf(view, request.caller.account, String(input.ServiceCode)).map(({ QuotaAppliedAtLevel: _, ...quota }) => ({ ...quota, Value: published.get(quota.QuotaCode!) ?? quota.Value! }));
    return listed(quotas, input as unknown as ListServiceQuotasRequest);
  },
};

const get: JsonOperation = {
  method: 'quota.list',
  run(input, { view, request }) {
    const { ServiceCode, QuotaCode } = input as unknown as GetServiceQuotaRequest;
    const Quota = quotasOf(view, request.caller.account, ServiceCode!).find((quota) => quota.QuotaCode === QuotaCode);
    if (!Quota) throw new JsonError('NoSuchResourceException', `The request failed because the specified quota does not exist: ${QuotaCode!}`);
    return { Quota };
  },
};

/** Service Quotas: the account's limits as the world counts them. */
export const quotaService = (model: Model): Service => jsonService({
  name: 'servicequotas', target: 'ServiceQuotasV20190624', throttled: 'TooManyRequestsException', invalid: 'IllegalArgumentException', model,
  operations: { ListServiceQuotas: list, ListAWSDefaultServiceQuotas: listDefaults, GetServiceQuota: get },
});
