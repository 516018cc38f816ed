/** What the driver uses of the EC2 client. By naming it, the bundler leaves the other 750 operations out: 30 MB less memory in each driver process. */
export {
  AllocateAddressCommand, AssociateAddressCommand, AttachInternetGatewayCommand, AttachVolumeCommand, AuthorizeSecurityGroupEgressCommand, AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand, CreateRouteCommand, CreateSecurityGroupCommand, CreateSubnetCommand, CreateTagsCommand, CreateVolumeCommand, CreateVpcCommand,
  DeleteInternetGatewayCommand, DeleteKeyPairCommand, DeleteRouteTableCommand, DeleteSecurityGroupCommand, DeleteSubnetCommand, DeleteTagsCommand, DeleteVolumeCommand, DeleteVpcCommand,
  DescribeAccountAttributesCommand, DescribeAddressesCommand, DescribeAvailabilityZonesCommand, DescribeImagesCommand, DescribeInstancesCommand, DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand, DescribeInternetGatewaysCommand, DescribeKeyPairsCommand, DescribeRegionsCommand, DescribeRouteTablesCommand, DescribeSecurityGroupsCommand,
  DescribeSpotPriceHistoryCommand, DescribeSubnetsCommand, DescribeVolumesCommand, DescribeVpcsCommand,
  DetachInternetGatewayCommand, DetachVolumeCommand, DisassociateAddressCommand, EC2Client, ImportKeyPairCommand,
  ModifyInstanceAttributeCommand, ModifySubnetAttributeCommand, ModifyVolumeCommand, ModifyVpcAttributeCommand,
  RebootInstancesCommand, ReleaseAddressCommand, RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand, RunInstancesCommand,
  StartInstancesCommand, StopInstancesCommand, TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
