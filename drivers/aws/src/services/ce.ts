export {
  CostExplorerClient as Client,
  GetCostAndUsageCommand, GetDimensionValuesCommand,
} from '@aws-sdk/client-cost-explorer';
