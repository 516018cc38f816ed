export {
  ElasticLoadBalancingV2Client as Client,
  AddTagsCommand, CreateListenerCommand, CreateLoadBalancerCommand, CreateTargetGroupCommand, DeleteListenerCommand, DeleteLoadBalancerCommand, DeleteTargetGroupCommand,
  DeregisterTargetsCommand, DescribeListenersCommand, DescribeLoadBalancersCommand, DescribeTagsCommand, DescribeTargetGroupsCommand, DescribeTargetHealthCommand,
  ModifyListenerCommand, ModifyTargetGroupCommand, RegisterTargetsCommand, RemoveTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
