export {
  CloudWatchClient as Client,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
