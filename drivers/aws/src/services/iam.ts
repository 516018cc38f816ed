export {
  IAMClient as Client,
  AttachRolePolicyCommand, AttachUserPolicyCommand, CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, DeleteAccessKeyCommand, DeleteRoleCommand,
  DeleteRolePolicyCommand, DeleteUserCommand, DeleteUserPolicyCommand, DetachRolePolicyCommand, DetachUserPolicyCommand, GetAccountSummaryCommand, GetRoleCommand, GetUserCommand, ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand, ListAttachedUserPoliciesCommand, ListInstanceProfilesForRoleCommand, ListRolePoliciesCommand, ListRoleTagsCommand, ListRolesCommand,
  ListUserPoliciesCommand, ListUserTagsCommand, ListUsersCommand, TagRoleCommand, TagUserCommand, UntagRoleCommand, UntagUserCommand,
} from '@aws-sdk/client-iam';
