export {
  RDSClient as Client,
  AddTagsToResourceCommand, CreateDBInstanceCommand, CreateDBSubnetGroupCommand, DeleteDBInstanceCommand, DeleteDBSubnetGroupCommand, DescribeDBEngineVersionsCommand,
  DescribeDBInstancesCommand, DescribeDBSubnetGroupsCommand, ModifyDBInstanceCommand, RemoveTagsFromResourceCommand, StartDBInstanceCommand, StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
