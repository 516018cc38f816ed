import type { Aws } from './client.js';
import { present } from './map.js';
import type { ApiQuery } from './pages.js';
import { readAll } from './pages.js';
import type { QuotaService } from './quota-table.js';

type Counts = [quotaId: string, used: number][];
type Count = (aws: Aws, region: string, signal: AbortSignal) => Promise<Counts>;

/** What a list of AWS takes, by its word for a token. */
const withMarker = ({ NextToken }: ApiQuery) => present({ Marker: NextToken });

/** How what is in use is counted, by service: Service Quotas does not tell it. */
const COUNTS: Partial<Record<QuotaService, Count>> = {
  async elasticloadbalancing(aws, region, signal) {
    const elb = await aws.service('elasticloadbalancing', region, signal);
    const balancers = await readAll(400, async (query) => {
      const { LoadBalancers = [], NextMarker } = await elb.send(new elb.DescribeLoadBalancersCommand({ PageSize: query.MaxResults, ...withMarker(query) }));
      return { items: LoadBalancers, next: NextMarker };
    });
    const groups = await readAll(400, async (query) => {
      const { TargetGroups = [], NextMarker } = await elb.send(new elb.DescribeTargetGroupsCommand({ PageSize: query.MaxResults, ...withMarker(query) }));
      return { items: TargetGroups, next: NextMarker };
    });
    const ofType = (type: string): number => balancers.filter(({ Type }) => Type === type).length;
    return [['L-69A177A2', ofType('network')], ['L-53DA6B97', ofType('application')], ['L-B22855CB', groups.length]];
  },
  async eks(aws, region, signal) {
    const eks = await aws.service('eks', region, signal);
    const names = await readAll(100, async ({ MaxResults, NextToken }) => {
      const { clusters = [], nextToken } = await eks.send(new eks.ListClustersCommand({ maxResults: MaxResults, ...present({ nextToken: NextToken }) }));
      return { items: clusters, next: nextToken };
    });
    return [['L-1194D53C', names.length]];
  },
  async rds(aws, region, signal) {
    const rds = await aws.service('rds', region, signal);
    const instances = await readAll(100, async (query) => {
      const { DBInstances = [], Marker } = await rds.send(new rds.DescribeDBInstancesCommand({ MaxRecords: query.MaxResults, ...withMarker(query) }));
      return { items: DBInstances, next: Marker };
    });
    return [['L-7B6409FD', instances.length], ['L-7ADDB58A', instances.reduce((sum, { AllocatedStorage = 0 }) => sum + AllocatedStorage, 0)]];
  },
  async elasticfilesystem(aws, region, signal) {
    const efs = await aws.service('elasticfilesystem', region, signal);
    const systems = await readAll(100, async (query) => {
      const { FileSystems = [], NextMarker } = await efs.send(new efs.DescribeFileSystemsCommand({ MaxItems: query.MaxResults, ...withMarker(query) }));
      return { items: FileSystems, next: NextMarker };
    });
    return [['L-848C634D', systems.length]];
  },
  async s3(aws, _region, signal) {
    const s3 = await aws.service('s3', aws.homeRegion, signal);
    const buckets = await readAll(1000, async ({ MaxResults, NextToken }) => {
      const { Buckets = [], ContinuationToken } = await s3.send(new s3.ListBucketsCommand({ MaxBuckets: MaxResults, ...present({ ContinuationToken: NextToken }) }));
      return { items: Buckets, next: ContinuationToken };
    });
    return [['L-DC2B2D3D', buckets.length]];
  },
  async iam(aws, _region, signal) {
    const iam = await aws.service('iam', aws.homeRegion, signal);
    const { SummaryMap = {} } = await iam.send(new iam.GetAccountSummaryCommand({}));
    return SummaryMap.Roles === undefined ? [] : [['L-FE177D64', SummaryMap.Roles]];
  },
};

/**
 * What is in use of these services, by quota code. A limit without its use still helps, so that nothing is told of a service whose list is refused, fails or has no end.
 * @param services only those are asked.
 */
export async function usedAtServices(aws: Aws, region: string, services: ReadonlySet<QuotaService>, signal: AbortSignal): Promise<Counts> {
  const counts = await Promise.all([...services].map((service) => (COUNTS[service]?.(aws, region, signal) ?? Promise.resolve([])).catch((error: unknown): Counts => {
    if (signal.aborted) throw error;
    return [];
  })));
  return counts.flat();
}
