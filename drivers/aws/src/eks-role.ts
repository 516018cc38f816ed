import type { Aws } from './client.js';
import { failedWith } from './errors.js';
import { orGone } from './listing.js';

/** Roles that EKS works with, one of each per account, for all its clusters: made when they are missing, and never deleted. */
const ROLES = {
  cluster: { name: 'mcmp-eks-cluster', service: 'eks.amazonaws.com', policies: ['AmazonEKSClusterPolicy'] },
  node: { name: 'mcmp-eks-node', service: 'ec2.amazonaws.com', policies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryReadOnly', 'AmazonEKS_CNI_Policy'] },
} as const;
/** Time in which EKS may not know a new role. */
const FRESH_MS = 60_000;

/** ARN of a role for EKS, and whether it is so new that EKS may refuse it. */
export async function eksRole(aws: Aws, kind: keyof typeof ROLES, signal: AbortSignal): Promise<{ arn: string; fresh: boolean }> {
  const iam = await aws.service('iam', aws.homeRegion, signal);
  const { name: RoleName, service, policies } = ROLES[kind];
  const look = () => orGone(iam.send(new iam.GetRoleCommand({ RoleName })).then(({ Role }) => Role));
  let role = await look();
  if (!role) {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
    role = await iam.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description: 'Made by M-CMP for its EKS clusters', Tags: [{ Key: 'mcmp-role', Value: `eks-${kind}` }] })).then(({ Role }) => Role, async (error: unknown) => {
      if (!failedWith(error, 'EntityAlreadyExists')) throw error;
      return look();
    });
  }
  const fresh = Date.now() - (role?.CreateDate?.getTime() ?? 0) < FRESH_MS;
  // An earlier call may have made the role and been stopped before it had its policies.
  if (fresh) for (const policy of policies) await (iam.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:${aws.china ? 'aws-cn' : 'aws'}:iam::aws:policy/${policy}` })));
  return { arn: role?.Arn ?? '', fresh };
}
