export {
  Route53Client as Client,
  AssociateVPCWithHostedZoneCommand, ChangeResourceRecordSetsCommand, ChangeTagsForResourceCommand, CreateHostedZoneCommand, DeleteHostedZoneCommand, GetHostedZoneCommand,
  ListHostedZonesCommand, ListHostedZonesByNameCommand, ListResourceRecordSetsCommand, ListTagsForResourceCommand, ListTagsForResourcesCommand,
} from '@aws-sdk/client-route-53';
