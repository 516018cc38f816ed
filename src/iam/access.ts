/** The roles of first identity, from the mightiest down. */
export const ROLES = ['admin', 'operator', 'viewer'] as const;

/** What a user may do at all; where they may do it is told by workspace membership. */
export type Role = (typeof ROLES)[number];

/** Who makes a request. */
export interface Principal {
  userId: string;
  username: string;
  role: Role;
}

/**
 * Permission patterns of each role. A permission reads `noun:verb`; `*` stands for any noun or verb, a pattern
 * after `!` takes away, and of all patterns that match the last one decides.
 */
export const ROLE_PATTERNS: Record<Role, readonly string[]> = {
  admin: ['*:*'],
  operator: ['*:*', '!user:*', '!member:*', '!workspace:*', '!driver:*', '*:read', '!user:read'],
  viewer: ['*:read', '!user:read'],
};

const matches = (pattern: string, permission: string): boolean => {
  const [noun, verb] = pattern.split(':');
  const [wantedNoun, wantedVerb] = permission.split(':');
  return (noun === '*' || noun === wantedNoun) && (verb === '*' || verb === wantedVerb);
};

/** Whether the patterns grant `permission`. */
export function grants(patterns: readonly string[], permission: string): boolean {
  const last = patterns.findLast((pattern) => matches(pattern.replace(/^!/, ''), permission));
  return last !== undefined && !last.startsWith('!');
}

/** Whether a role may do what `permission` names. */
export const may = (role: Role, permission: string): boolean => grants(ROLE_PATTERNS[role], permission);

/** The roles that have a permission, for an answer that says what would help. */
export const rolesWith = (permission: string): Role[] => ROLES.filter((role) => may(role, permission));
