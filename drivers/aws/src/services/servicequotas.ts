export {
  ServiceQuotasClient as Client,
  ListServiceQuotasCommand,
} from '@aws-sdk/client-service-quotas';
