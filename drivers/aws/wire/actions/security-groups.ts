import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, type Action, type Context } from '../action.js';
import { describe, thingsOf } from '../describe.js';
import { badCombination, Ec2Error, invalidValue, missing } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId } from '../ids.js';
import { endFailed } from '../instances.js';
import { page } from '../pages.js';
import { ruleKey, showRule, toPermissions, toRules, type Ec2Rule } from '../rules.js';
import { shownTags, tagsOf } from '../tags.js';

/** Default quota "Inbound or outbound rules per security group". */
const MOST_RULES = 60;
type Direction = Ec2Rule['direction'];

function showGroup(group: Thing<'security-group'>): ec2.SecurityGroup {
  const { networkId, description, rules } = group.attributes;
  return {
    GroupId: group.id, GroupName: group.name, Description: description, OwnerId: group.account, ...(networkId ? { VpcId: networkId } : {}),
    SecurityGroupArn: `arn:aws:ec2:${group.region}:${group.account}:security-group/${group.id}`,
    IpPermissions: toPermissions(rules, 'ingress'), IpPermissionsEgress: toPermissions(rules, 'egress'), Tags: shownTags(group.tags),
  };
}

const createSecurityGroup = action<ec2.CreateSecurityGroupRequest, ec2.CreateSecurityGroupResult>(
  'CreateSecurityGroup', 'security-group.create', ['GroupName', 'Description', 'VpcId', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const { GroupName: name = '', Description: description = '' } = input;
    if (!input.VpcId) throw new Ec2Error('VPCIdNotSpecified', 'No default VPC for this user');
    if (name.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(name)) throw invalidValue(`Value (${name}) for parameter GroupName is invalid. Character sets beyond the allowed ones are not supported.`);
    if (name.startsWith('sg-')) throw invalidValue(`Invalid value '${name}' for groupName. Group names may not be in the format sg-*`);
    if (!description || description.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(description)) throw invalidValue(`Value (${description}) for parameter GroupDescription is invalid.`);
    if (name === 'default') throw new Ec2Error('InvalidGroup.Reserved', "The security group name 'default' is reserved");
    const vpc = view.get('network', checkId('network', input.VpcId));
    const tags = tagsOf(input.TagSpecifications, 'security-group')['security-group'];
    const group = view.create('security-group', { name, tags, attributes: { networkId: vpc.id, description, rules: [{ direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' }] } });
    return { GroupId: group.id, Tags: shownTags(tags), SecurityGroupArn: showGroup(group).SecurityGroupArn! };
  });

const describeSecurityGroups = action<ec2.DescribeSecurityGroupsRequest, ec2.DescribeSecurityGroupsResult>(
  'DescribeSecurityGroups', 'security-group.list', ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    if (input.GroupNames?.length) throw new Ec2Error('InvalidGroup.NotFound', `The security group '${input.GroupNames[0]!}' does not exist in default VPC 'null'`, 400, 'NOT_FOUND');
    const { items, NextToken } = describe(view, input, {
      kind: 'security-group', ids: { name: 'securityGroupIdSet', given: input.GroupIds }, show: showGroup, tagsOf: (group) => group.Tags, rule: { least: 5, most: 1000 },
      filters: {
        'group-id': (group) => group.GroupId, 'group-name': (group) => group.GroupName, 'vpc-id': (group) => group.VpcId, description: (group) => group.Description, 'owner-id': (group) => group.OwnerId,
        'ip-permission.cidr': (group) => group.IpPermissions!.flatMap((entry) => entry.IpRanges!.map((range) => range.CidrIp)),
        'ip-permission.from-port': (group) => group.IpPermissions!.map((entry) => entry.FromPort), 'ip-permission.to-port': (group) => group.IpPermissions!.map((entry) => entry.ToPort),
        'ip-permission.protocol': (group) => group.IpPermissions!.map((entry) => entry.IpProtocol),
      },
    });
    return { SecurityGroups: items, ...(NextToken ? { NextToken } : {}) };
  });

const deleteSecurityGroup = action<ec2.DeleteSecurityGroupRequest, ec2.DeleteSecurityGroupResult>('DeleteSecurityGroup', 'security-group.delete', ['GroupId', 'DryRun'], (input, { view }) => {
  if (!input.GroupId) throw missing('groupId');
  const group = view.get('security-group', checkId('security-group', input.GroupId));
  if (group.name === 'default') throw new Ec2Error('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`);
  endFailed(view);
  view.delete('security-group', group.id);
  return { Return: true, GroupId: group.id };
});

type RuleInput = { GroupId?: string | undefined; IpPermissions?: ec2.IpPermission[] | undefined };
type LegacyInput = RuleInput & { IpProtocol?: string | undefined; FromPort?: number | undefined; ToPort?: number | undefined; CidrIp?: string | undefined };

/** The permissions of a request: the list, or for ingress the one rule of the older form. */
function permissionsOf(input: LegacyInput): ec2.IpPermission[] {
  const one = input.IpProtocol !== undefined || input.CidrIp !== undefined;
  if (one && input.IpPermissions?.length) throw badCombination('The parameter ipPermissions cannot be used with the parameters of a single rule');
  if (!one) return input.IpPermissions ?? [];
  return [{ IpProtocol: input.IpProtocol ?? '-1', ...(input.FromPort === undefined ? {} : { FromPort: input.FromPort }), ...(input.ToPort === undefined ? {} : { ToPort: input.ToPort }), IpRanges: [{ CidrIp: input.CidrIp ?? '' }] }];
}

function groupOf(view: RegionView, input: RuleInput): Thing<'security-group'> & { attributes: { rules: Ec2Rule[] } } {
  if (!input.GroupId) throw missing('groupId');
  return view.get('security-group', checkId('security-group', input.GroupId));
}

function authorize(direction: Direction, input: LegacyInput, { view, account }: Context): { Return: boolean; SecurityGroupRules: ec2.SecurityGroupRule[] } {
  const group = groupOf(view, input);
  const rules = toRules(direction, permissionsOf(input));
  if (!rules.length) throw missing('ipPermissions');
  const known = new Set(group.attributes.rules.map(ruleKey));
  for (const rule of rules) {
    const key = ruleKey(rule);
    if (known.has(key)) throw new Ec2Error('InvalidPermission.Duplicate', `the specified rule "peer: ${rule.cidr}, ${rule.protocol}, from port: ${rule.fromPort ?? -1}, to port: ${rule.toPort ?? -1}, ALLOW" already exists`, 400, 'ALREADY_EXISTS');
    known.add(key);
  }
  const all = [...group.attributes.rules, ...rules];
  if (all.filter((rule) => rule.direction === direction).length > MOST_RULES) throw new Ec2Error('RulesPerSecurityGroupLimitExceeded', "The maximum number of rules per security group has been reached.", 400, 'QUOTA_EXCEEDED');
  view.change('security-group', group.id, { attributes: { rules: all } });
  return { Return: true, SecurityGroupRules: rules.map((rule) => showRule(group.id, account, rule)) };
}

function revoke(direction: Direction, input: LegacyInput & { SecurityGroupRuleIds?: string[] | undefined }, { view, account }: Context): { Return: boolean; RevokedSecurityGroupRules: ec2.RevokedSecurityGroupRule[] } {
  const group = groupOf(view, input);
  const own = group.attributes.rules.filter((rule) => rule.direction === direction);
  const permissions = permissionsOf(input);
  if (!permissions.length && !input.SecurityGroupRuleIds?.length) throw missing('ipPermissions');
  const byId = (input.SecurityGroupRuleIds ?? []).map((id) => {
    const rule = own.find((each) => showRule(group.id, account, each).SecurityGroupRuleId === id);
    if (!rule) throw new Ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`, 400, 'NOT_FOUND');
    return rule;
  });
  const byValue = toRules(direction, permissions).map((wanted) => {
    const rule = own.find((each) => ruleKey(each) === ruleKey(wanted));
    if (!rule) throw new Ec2Error('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.', 400, 'NOT_FOUND');
    return rule;
  });
  const gone = new Set([...byId, ...byValue]);
  view.change('security-group', group.id, { attributes: { rules: group.attributes.rules.filter((rule) => !gone.has(rule)) } });
  return {
    Return: true,
    RevokedSecurityGroupRules: [...gone].map((rule) => {
      const { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, Description } = showRule(group.id, account, rule);
      const told = { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, Description };
      return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    }),
  };
}

const LEGACY = ['IpProtocol', 'FromPort', 'ToPort', 'CidrIp'] as const;
const ruleActions: Action[] = [
  action<ec2.AuthorizeSecurityGroupIngressRequest, ec2.AuthorizeSecurityGroupIngressResult>('AuthorizeSecurityGroupIngress', 'security-group.setRules', ['GroupId', 'IpPermissions', ...LEGACY, 'DryRun'], (input, context) => authorize('ingress', input, context)),
  action<ec2.AuthorizeSecurityGroupEgressRequest, ec2.AuthorizeSecurityGroupEgressResult>('AuthorizeSecurityGroupEgress', 'security-group.setRules', ['GroupId', 'IpPermissions', 'DryRun'], (input, context) => authorize('egress', input, context)),
  action<ec2.RevokeSecurityGroupIngressRequest, ec2.RevokeSecurityGroupIngressResult>('RevokeSecurityGroupIngress', 'security-group.setRules', ['GroupId', 'IpPermissions', 'SecurityGroupRuleIds', ...LEGACY, 'DryRun'], (input, context) => revoke('ingress', input, context)),
  action<ec2.RevokeSecurityGroupEgressRequest, ec2.RevokeSecurityGroupEgressResult>('RevokeSecurityGroupEgress', 'security-group.setRules', ['GroupId', 'IpPermissions', 'SecurityGroupRuleIds', 'DryRun'], (input, context) => revoke('egress', input, context)),
];

const describeSecurityGroupRules = action<ec2.DescribeSecurityGroupRulesRequest, ec2.DescribeSecurityGroupRulesResult>(
  'DescribeSecurityGroupRules', 'security-group.list', ['SecurityGroupRuleIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view, account }) => {
    const rules = thingsOf(view, 'security-group', undefined).flatMap((group) => group.attributes.rules.map((rule) => showRule(group.id, account, rule)));
    const unknown = input.SecurityGroupRuleIds?.find((id) => !rules.some((rule) => rule.SecurityGroupRuleId === id));
    if (unknown !== undefined) throw new Ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${unknown}' does not exist`, 400, 'NOT_FOUND');
    const fits = matcher(input.Filters, { 'group-id': (rule: ec2.SecurityGroupRule) => rule.GroupId, 'security-group-rule-id': (rule) => rule.SecurityGroupRuleId }, (rule) => rule.Tags);
    const wanted = rules.filter((rule) => (!input.SecurityGroupRuleIds?.length || input.SecurityGroupRuleIds.includes(rule.SecurityGroupRuleId!)) && fits(rule));
    const { items, NextToken } = page(wanted, (rule) => `${rule.GroupId!} ${rule.SecurityGroupRuleId!}`, input, { least: 5, most: 1000 }, { name: 'securityGroupRuleIds', given: input.SecurityGroupRuleIds });
    return { SecurityGroupRules: items, ...(NextToken ? { NextToken } : {}) };
  });

export const securityGroupActions = [createSecurityGroup, describeSecurityGroups, deleteSecurityGroup, ...ruleActions, describeSecurityGroupRules];
