/**
 * Kinds of things that a cloud keeps for its owner, in an order in which each can be made after what it stands on.
 * Every kind is a capability of the same name, with at least the four calls of `Lifecycle`.
 */
export const RESOURCE_KINDS = [
  'network', 'subnet', 'internet-gateway', 'nat-gateway', 'route-table', 'security-group', 'key-pair', 'placement-group', 'network-interface', 'vm', 'disk', 'public-ip',
  'snapshot', 'custom-image', 'load-balancer', 'cluster', 'node-group', 'bucket', 'file-system', 'database', 'queue', 'dns-zone', 'vpn-gateway', 'vpn-connection', 'iam-user', 'iam-role',
] as const;

/** One of {@link RESOURCE_KINDS}. */
export type ResourceKind = (typeof RESOURCE_KINDS)[number];
