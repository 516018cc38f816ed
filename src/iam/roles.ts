/** Permission patterns of each role; a part `*` fits anything. */
const ROLES = {
  admin: ['*:*'],
  operator: ['*:read', 'mci:*', 'vm:*', 'operation:*', 'connection:verify', 'connection:sync'],
  viewer: ['*:read'],
} as const;

/** Roles that exist. */
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];

/** The permission patterns of a role, such as `mci:*`; none for a role that does not exist. */
export const permissionsOf = (role: string): readonly string[] => (ROLES as Record<string, readonly string[]>)[role] ?? [];

/** Whether a role holds a permission such as `mci:create`. */
export function allows(role: string, permission: string): boolean {
  const [noun, verb] = permission.split(':');
  return permissionsOf(role).some((pattern) => {
    const [nounPattern, verbPattern] = pattern.split(':');
    return (nounPattern === '*' || nounPattern === noun) && (verbPattern === '*' || verbPattern === verb);
  });
}
