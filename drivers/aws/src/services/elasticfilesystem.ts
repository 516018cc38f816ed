export {
  EFSClient as Client,
  CreateFileSystemCommand, CreateMountTargetCommand, DeleteFileSystemCommand, DeleteMountTargetCommand, DescribeFileSystemsCommand, DescribeMountTargetsCommand,
  TagResourceCommand, UntagResourceCommand,
} from '@aws-sdk/client-efs';
