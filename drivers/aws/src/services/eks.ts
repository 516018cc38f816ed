export {
  EKSClient as Client,
  CreateClusterCommand, CreateNodegroupCommand, DeleteClusterCommand, DeleteNodegroupCommand, DescribeClusterCommand, DescribeClusterVersionsCommand, DescribeNodegroupCommand,
  ListClustersCommand, ListNodegroupsCommand, TagResourceCommand, UntagResourceCommand, UpdateClusterVersionCommand, UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
