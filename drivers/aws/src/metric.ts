import type { Metric, MetricHandlers, ResourceKind } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { present } from './map.js';
import { readPage } from './pages.js';

/** Where CloudWatch keeps the metrics of a kind: namespace, the dimension that holds our id, and metrics as `name unit provider-name`. */
const KINDS: Partial<Record<ResourceKind, { namespace: string; dimension: string; periodSeconds: number; metrics: string[] }>> = {
  vm: {
    namespace: 'AWS/EC2', dimension: 'InstanceId', periodSeconds: 300,
    metrics: ['cpu-percent percent CPUUtilization', 'network-in-bytes bytes NetworkIn', 'network-out-bytes bytes NetworkOut', 'disk-read-bytes bytes EBSReadBytes', 'disk-write-bytes bytes EBSWriteBytes', 'status-check-failed count StatusCheckFailed'],
  },
  disk: { namespace: 'AWS/EBS', dimension: 'VolumeId', periodSeconds: 60, metrics: ['disk-read-bytes bytes VolumeReadBytes', 'disk-write-bytes bytes VolumeWriteBytes', 'disk-read-operations count VolumeReadOps', 'disk-write-operations count VolumeWriteOps', 'queue-length count VolumeQueueLength'] },
  database: {
    namespace: 'AWS/RDS', dimension: 'DBInstanceIdentifier', periodSeconds: 60,
    metrics: ['cpu-percent percent CPUUtilization', 'connections count DatabaseConnections', 'free-storage-bytes bytes FreeStorageSpace', 'free-memory-bytes bytes FreeableMemory', 'network-in-bytes-per-second bytes-per-second NetworkReceiveThroughput', 'network-out-bytes-per-second bytes-per-second NetworkTransmitThroughput'],
  },
  queue: { namespace: 'AWS/SQS', dimension: 'QueueName', periodSeconds: 60, metrics: ['messages count ApproximateNumberOfMessagesVisible', 'oldest-message-seconds seconds ApproximateAgeOfOldestMessage', 'messages-sent count NumberOfMessagesSent', 'messages-received count NumberOfMessagesReceived'] },
  'file-system': { namespace: 'AWS/EFS', dimension: 'FileSystemId', periodSeconds: 60, metrics: ['disk-read-bytes bytes DataReadIOBytes', 'disk-write-bytes bytes DataWriteIOBytes', 'connections count ClientConnections'] },
  'nat-gateway': { namespace: 'AWS/NATGateway', dimension: 'NatGatewayId', periodSeconds: 60, metrics: ['network-in-bytes bytes BytesInFromSource', 'network-out-bytes bytes BytesOutToDestination', 'connections count ActiveConnectionCount', 'port-errors count ErrorPortAllocation'] },
  'vpn-connection': { namespace: 'AWS/VPN', dimension: 'VpnId', periodSeconds: 300, metrics: ['network-in-bytes bytes TunnelDataIn', 'network-out-bytes bytes TunnelDataOut', 'tunnel-up count TunnelState'] },
};

const STATISTICS = { average: 'Average', sum: 'Sum', minimum: 'Minimum', maximum: 'Maximum' } as const;
/** CloudWatch takes as many queries in one call; the SDK asks for no more ids. */
const MOST_PAGES = 100;

const metricsOf = (kind: ResourceKind): Metric[] => {
  const known = KINDS[kind];
  return (known?.metrics ?? []).map((line) => {
    const [name = '', unit = '', providerName = ''] = line.split(' ');
    return { kind, name, unit, periodSeconds: known?.periodSeconds ?? 60, providerName };
  });
};

/** What CloudWatch measures without an agent. VMs are measured every five minutes, unless their owner pays for detail. */
export function metrics(aws: Aws): MetricHandlers {
  return {
    list: (request) => readPage(request, [1, 1000], async () => ({ items: metricsOf(request.kind) })),

    async read({ region, kind, ids, name, from, to, periodSeconds, statistic }, signal) {
      const known = KINDS[kind];
      const metric = metricsOf(kind).find((each) => each.name === name);
      if (!known || !metric) throw new DriverError('INVALID_REQUEST', `CloudWatch has no ${name} of a ${kind} here: metric.list tells what it has.`, { field: 'name' });
      if (periodSeconds % 60 !== 0) throw new DriverError('INVALID_REQUEST', 'CloudWatch takes multiples of 60 seconds.', { field: 'periodSeconds' });
      const cloudwatch = await aws.service('cloudwatch', region, signal);
      const points = new Map(ids.map((_, index) => [`m${index}`, new Map<number, number>()]));
      const MetricDataQueries = ids.map((Value, index) => ({
        Id: `m${index}`, ReturnData: true, MetricStat: { Metric: { Namespace: known.namespace, MetricName: metric.providerName, Dimensions: [{ Name: known.dimension, Value }] }, Period: periodSeconds, Stat: STATISTICS[statistic] },
      }));
      let NextToken: string | undefined;
      for (let page = 0; page === 0 || (NextToken !== undefined && page < MOST_PAGES); page += 1) {
        const answer = await cloudwatch.send(new cloudwatch.GetMetricDataCommand({ MetricDataQueries, StartTime: new Date(from), EndTime: new Date(to), ScanBy: 'TimestampAscending', ...present({ NextToken }) }));
        for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) Timestamps.forEach((at, index) => points.get(Id)?.set(at.getTime(), Values[index] ?? 0));
        NextToken = answer.NextToken;
      }
      const within = (at: number): boolean => at >= Date.parse(from) && at < Date.parse(to);
      return { items: ids.map((id, index) => ({ id, points: [...(points.get(`m${index}`) ?? [])].filter(([at]) => within(at)).sort(([a], [b]) => a - b).map(([at, value]) => ({ at: new Date(at).toISOString(), value })) })) };
    },
  };
}
