import type { IamRole, IamRoleHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { deleted } from './errors.js';
import type { Iam } from './iam.js';
import { exactly, following, iamTags, madeOnce, markerOf, PAGE_OF_IDENTITIES, whole } from './iam.js';
import { each, readPageOfEach } from './listing.js';
import { nameOf, present, tagsOf } from './map.js';

/** Roles that AWS's services make for themselves, which nobody else may change. */
const OF_SERVICES = '/aws-service-role/';
/** AWS gives no shorter session than a quarter of an hour. */
const LEAST_SECONDS = 900;

/** Roles of IAM; the id is the name, which AWS keeps unique in an account, `trust` is the trust policy as JSON, and ids of policies are their ARNs. */
export function iamRoles(aws: Aws): IamRoleHandlers {
  const iamOf = (signal: AbortSignal): Promise<Iam> => aws.service('iam', aws.homeRegion, signal);
  return {
    async create(request, signal) {
      requireDocument(request.trust);
      const iam = await iamOf(signal);
      const RoleName = request.name;
      await madeOnce(
        request.token,
        () => iam.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: request.trust, Tags: iamTags(request), ...present({ Description: request.description }) })),
        async () => (await iam.send(new iam.GetRoleCommand({ RoleName }))).Role?.Tags,
      );
      return { id: RoleName, name: RoleName, region: request.region, tags: request.tags, providerState: 'available', state: 'available', policyIds: [], trust: request.trust };
    },

    async get({ region, id }, signal) {
      return toRole(await iamOf(signal), id, region);
    },

    /** Without the roles that AWS's services made for themselves. */
    async list(request, signal) {
      const iam = await iamOf(signal);
      return readPageOfEach(request, PAGE_OF_IDENTITIES, async (query) => {
        const answer = await iam.send(new iam.ListRolesCommand(markerOf(query)));
        return { items: (answer.Roles ?? []).filter(({ Path = '' }) => !Path.startsWith(OF_SERVICES)).flatMap(({ RoleName }) => RoleName ?? []), next: following(answer) };
      }, (id) => toRole(iam, id, request.region));
    },

    /** Its policies go with it; a role that VMs have by an instance profile is IN_USE. */
    async delete({ id: RoleName }, signal) {
      const iam = await iamOf(signal);
      await deleted(Promise.all([
        policiesOf(iam, RoleName).then((policies) => each(policies, (PolicyArn) => deleted(iam.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }))))),
        inlineOf(iam, RoleName).then((names) => each(names, (PolicyName) => deleted(iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }))))),
      ]));
      await deleted(iam.send(new iam.DeleteRoleCommand({ RoleName })));
    },

    async setPolicies({ region, id: RoleName, policyIds }, signal) {
      const iam = await iamOf(signal);
      await exactly(policyIds, await policiesOf(iam, RoleName), (PolicyArn) => iam.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn })), (PolicyArn) => iam.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn })));
      return { ...(await toRole(iam, RoleName, region)), policyIds };
    },

    /** By STS, for at least 15 minutes. The trust of the role must name whoever this connection's credential is. */
    async assume({ region, id, durationSeconds, sessionName }, signal) {
      const [iam, sts] = await Promise.all([iamOf(signal), aws.service('sts', region, signal)]);
      const { Role } = await iam.send(new iam.GetRoleCommand({ RoleName: id }));
      const { Credentials } = await sts.send(new sts.AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64), DurationSeconds: Math.max(LEAST_SECONDS, durationSeconds) }));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
      return { credential: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }, expiresAt: (Expiration ?? new Date(Date.now() + LEAST_SECONDS * 1000)).toISOString() };
    },
  };
}

/** IAM's own refusal names neither field nor place. */
function requireDocument(trust: string): void {
  try {
    if (typeof (JSON.parse(trust) as { Statement?: unknown } | null)?.Statement === 'object') return;
  } catch {
    // Told below.
  }
  throw new DriverError('INVALID_REQUEST', 'trust must be a trust policy of IAM: a JSON document with a Statement that allows sts:AssumeRole.', { field: 'trust' });
}

const policiesOf = (iam: Iam, RoleName: string): Promise<string[]> => whole(async (marker) => {
  const answer = await iam.send(new iam.ListAttachedRolePoliciesCommand({ ...marker, RoleName }));
  return { items: (answer.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []), next: following(answer) };
});
const inlineOf = (iam: Iam, RoleName: string): Promise<string[]> => whole(async (marker) => {
  const answer = await iam.send(new iam.ListRolePoliciesCommand({ ...marker, RoleName }));
  return { items: answer.PolicyNames ?? [], next: following(answer) };
});

async function toRole(iam: Iam, id: string, region: string): Promise<IamRole> {
  const [{ Role }, policyIds] = await Promise.all([iam.send(new iam.GetRoleCommand({ RoleName: id })), policiesOf(iam, id)]);
  // IAM gives the document as it stands in a URL.
  return { id, name: nameOf(Role?.Tags, id), region, tags: tagsOf(Role?.Tags), providerState: 'available', state: 'available', policyIds, trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '') };
}
