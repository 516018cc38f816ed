import type { IamUser, IamUserHandlers } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { deleted } from './errors.js';
import type { Iam } from './iam.js';
import { exactly, following, iamTags, madeOnce, markerOf, PAGE_OF_IDENTITIES, whole } from './iam.js';
import { each, readPageOfEach } from './listing.js';
import { nameOf, tagsOf } from './map.js';

/** Users of IAM; the id is the name, which AWS keeps unique in an account, and ids of policies are their ARNs. */
export function iamUsers(aws: Aws): IamUserHandlers {
  const iamOf = (signal: AbortSignal): Promise<Iam> => aws.service('iam', aws.homeRegion, signal);
  return {
    async create(request, signal) {
      const iam = await iamOf(signal);
      const UserName = request.name;
      await madeOnce(request.token, () => iam.send(new iam.CreateUserCommand({ UserName, Tags: iamTags(request) })), async () => (await iam.send(new iam.GetUserCommand({ UserName }))).User?.Tags);
      return { id: UserName, name: UserName, region: request.region, tags: request.tags, providerState: 'available', state: 'available', policyIds: [], keyIds: [] };
    },

    async get({ region, id }, signal) {
      return toUser(await iamOf(signal), id, region);
    },

    async list(request, signal) {
      const iam = await iamOf(signal);
      return readPageOfEach(request, PAGE_OF_IDENTITIES, async (query) => {
        const answer = await iam.send(new iam.ListUsersCommand(markerOf(query)));
        return { items: (answer.Users ?? []).flatMap(({ UserName }) => UserName ?? []), next: following(answer) };
      }, (id) => toUser(iam, id, request.region));
    },

    /** Its keys, policies and inline policies go with it; a user who is in a group or has a password is IN_USE. */
    async delete({ id: UserName }, signal) {
      const iam = await iamOf(signal);
      await deleted(Promise.all([
        keysOf(iam, UserName).then((keys) => each(keys, (AccessKeyId) => deleted(iam.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }))))),
        policiesOf(iam, UserName).then((policies) => each(policies, (PolicyArn) => deleted(iam.send(new iam.DetachUserPolicyCommand({ UserName, PolicyArn }))))),
        inlineOf(iam, UserName).then((names) => each(names, (PolicyName) => deleted(iam.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName }))))),
      ]));
      await deleted(iam.send(new iam.DeleteUserCommand({ UserName })));
    },

    async createKey({ id }, signal) {
      const iam = await iamOf(signal);
      const { AccessKey } = await iam.send(new iam.CreateAccessKeyCommand({ UserName: id }));
      return { keyId: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
    },

    async deleteKey({ id, keyId }, signal) {
      const iam = await iamOf(signal);
      await deleted(iam.send(new iam.DeleteAccessKeyCommand({ UserName: id, AccessKeyId: keyId })));
    },

    async setPolicies({ region, id: UserName, policyIds }, signal) {
      const iam = await iamOf(signal);
      await exactly(policyIds, await policiesOf(iam, UserName), (PolicyArn) => iam.send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn })), (PolicyArn) => iam.send(new iam.DetachUserPolicyCommand({ UserName, PolicyArn })));
      return { ...(await toUser(iam, UserName, region)), policyIds };
    },
  };
}

const keysOf = (iam: Iam, UserName: string): Promise<string[]> => whole(async (marker) => {
  const answer = await iam.send(new iam.ListAccessKeysCommand({ ...marker, UserName }));
  return { items: (answer.AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []), next: following(answer) };
});
const policiesOf = (iam: Iam, UserName: string): Promise<string[]> => whole(async (marker) => {
  const answer = await iam.send(new iam.ListAttachedUserPoliciesCommand({ ...marker, UserName }));
  return { items: (answer.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []), next: following(answer) };
});
const inlineOf = (iam: Iam, UserName: string): Promise<string[]> => whole(async (marker) => {
  const answer = await iam.send(new iam.ListUserPoliciesCommand({ ...marker, UserName }));
  return { items: answer.PolicyNames ?? [], next: following(answer) };
});

async function toUser(iam: Iam, id: string, region: string): Promise<IamUser> {
  const [{ User }, policyIds, keyIds] = await Promise.all([iam.send(new iam.GetUserCommand({ UserName: id })), policiesOf(iam, id), keysOf(iam, id)]);
  return { id, name: nameOf(User?.Tags, id), region, tags: tagsOf(User?.Tags), providerState: 'available', state: 'available', policyIds, keyIds };
}
