import type { SecurityGroup as AwsGroup } from '@aws-sdk/client-ec2';
import type { SecurityGroup, SecurityGroupHandlers, SecurityRule } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { steady, untilSeen } from './client.js';
import { deleted, existing, failedWith, notSeenYet } from './errors.js';
import { filter, hasToken, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';
import type { SinglePermission } from './rules.js';
import { DEFAULT_EGRESS, difference, permissionOf, rulesOf, single } from './rules.js';

const toGroup = (group: AwsGroup, region: string): SecurityGroup => ({
  id: group.GroupId ?? '', name: nameOf(group.Tags, group.GroupName ?? ''), region, tags: tagsOf(group.Tags), providerState: 'available', state: 'available', ...present({ networkId: group.VpcId }),
  rules: [...rulesOf('ingress', group.IpPermissions), ...rulesOf('egress', group.IpPermissionsEgress)],
});

/** AWS keeps names that begin with `sg-` for itself. */
const groupName = (name: string): string => (name.startsWith('sg-') ? `mcmp-${name}` : name);
/** AWS takes a few signs only in a description, and must have one. */
const groupDescription = (text: string, name: string): string => text.replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, '-').slice(0, 255) || name;

/** Security groups of a network. Names are unique in a network, so a name that is taken by a group with our token is our own first try. */
export function securityGroups(aws: Aws): SecurityGroupHandlers {
  return {
    async create(request, signal) {
      const ec2 = steady(await aws.ec2(request.region, signal), signal, ['CreateSecurityGroup']);
      const GroupName = groupName(request.name);
      const fresh = await ec2.send(new ec2.CreateSecurityGroupCommand({
        GroupName, Description: groupDescription(request.description, request.name), VpcId: request.networkId, TagSpecifications: [tagged('security-group', marked(request), request.name)],
      })).then(({ GroupId }): AwsGroup => ({ GroupId, IpPermissionsEgress: DEFAULT_EGRESS }), async (error: unknown) => {
        if (!failedWith(error, 'InvalidGroup.Duplicate')) throw error;
        const { SecurityGroups = [] } = await ec2.send(new ec2.DescribeSecurityGroupsCommand({ Filters: [filter('vpc-id', request.networkId), filter('group-name', GroupName)], MaxResults: 5 }));
        const ours = SecurityGroups.find(({ Tags }) => hasToken(Tags, request.token));
        if (ours) return ours;
        throw SecurityGroups.length > 0 ? error : notSeenYet(`The name ${GroupName} in ${request.networkId}`);
      });
      await untilSeen(signal, () => exact(ec2, fresh, request.rules));
      return { id: fresh.GroupId!, name: request.name, region: request.region, tags: request.tags, providerState: 'available', state: 'available', networkId: request.networkId, rules: request.rules };
    },

    async get({ region, id }, signal) {
      return toGroup(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { SecurityGroups = [], NextToken } = await ec2.send(new ec2.DescribeSecurityGroupsCommand({ ...query, Filters: narrow(request.tags, 'group-id', ids) }));
        return { items: SecurityGroups.map((group) => toGroup(group, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: id })));
    },

    async setRules({ region, id, rules }, signal) {
      const ec2 = steady(await aws.ec2(region, signal), signal);
      const group = await read(ec2, id);
      await exact(ec2, group, rules);
      return { ...toGroup(group, region), rules };
    },
  };
}

const read = (ec2: Ec2, id: string): Promise<AwsGroup> =>
  existing('security group', id, 'InvalidGroup.NotFound', ec2.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] })).then(({ SecurityGroups }) => SecurityGroups?.[0]));

/** Adds what is missing in both directions, then takes away what is too much, so that nothing that stays is ever shut. */
async function exact(ec2: Ec2, group: AwsGroup, rules: SecurityRule[]): Promise<void> {
  const GroupId = group.GroupId;
  const wanted = (direction: SecurityRule['direction']): SinglePermission[] => rules.filter((rule) => rule.direction === direction).map(permissionOf);
  const ingress = difference(single(group.IpPermissions), wanted('ingress'));
  const egress = difference(single(group.IpPermissionsEgress), wanted('egress'));
  await Promise.all([
    change(ingress.missing, 'InvalidPermission.Duplicate', (IpPermissions) => ec2.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))),
    change(egress.missing, 'InvalidPermission.Duplicate', (IpPermissions) => ec2.send(new ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }))),
  ]);
  await Promise.all([
    change(ingress.surplus, 'InvalidPermission.NotFound', (IpPermissions) => ec2.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }))),
    change(egress.surplus, 'InvalidPermission.NotFound', (IpPermissions) => ec2.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }))),
  ]);
}

/** One call for all; where AWS says that one of them is already so, each by itself, for AWS then changed none. */
async function change(permissions: SinglePermission[], already: string, send: (permissions: SinglePermission[]) => Promise<unknown>): Promise<void> {
  if (permissions.length === 0) return;
  try {
    await send(permissions);
  } catch (error) {
    if (!failedWith(error, already)) throw error;
    if (permissions.length === 1) return;
    for (const permission of permissions) await change([permission], already, send);
  }
}
