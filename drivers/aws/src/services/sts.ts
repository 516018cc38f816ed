export {
  STSClient as Client,
  AssumeRoleCommand, GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
