import type { Quota } from '@mcmp/driver-sdk';

/** Services by their codes at Service Quotas. Limits of the last two are of the whole account, and told in one region only. */
export const QUOTA_SERVICES = ['ec2', 'vpc', 'elasticloadbalancing', 'eks', 'rds', 'elasticfilesystem', 's3', 'iam'] as const;
export type QuotaService = (typeof QUOTA_SERVICES)[number];

/** A limit that we know how to count, with the default that AWS publishes for a new account. */
export interface KnownQuota {
  id: string;
  service: QuotaService;
  name: string;
  measure: Quota['measure'];
  specPrefixes?: string[];
  defaultLimit: number;
}

/** A limit of running on-demand vCPUs. Letters alone would mix families (`d` and `dl1`, `t` and `trn1`), so the prefixes of the letters have the generation too. */
const vcpu = (id: string, name: string, specPrefixes: string[], defaultLimit: number): KnownQuota => ({ id, service: 'ec2', name: `Running On-Demand ${name} instances`, measure: 'vcpu', specPrefixes, defaultLimit });
const other = (id: string, service: QuotaService, name: string, defaultLimit: number): KnownQuota => ({ id, service, name, measure: 'other', defaultLimit });
const generations = (letters: string): string[] => [...letters].flatMap((letter) => [...'123456789'].map((generation) => letter + generation));

/** Source: Service Quotas console and "Amazon EC2 endpoints and quotas", AWS General Reference; codes are those of the Service Quotas API. */
export const KNOWN_QUOTAS: KnownQuota[] = [
  vcpu('L-1216C47A', 'Standard (A, C, D, H, I, M, R, T, Z)', [...generations('acdhimrtz'), 'im', 'is'], 5),
  vcpu('L-DB2E81BA', 'G and VT', ['g', 'vt'], 0),
  vcpu('L-417A185B', 'P', ['p'], 0),
  vcpu('L-7295265B', 'X', ['x'], 0),
  vcpu('L-74FC7D96', 'F', ['f'], 0),
  vcpu('L-1945791B', 'Inf', ['inf'], 0),
  vcpu('L-2C3B7624', 'Trn', ['trn'], 0),
  vcpu('L-6E869C2A', 'DL', ['dl'], 0),
  vcpu('L-43DA4232', 'High Memory', ['u-', 'u7'], 0),
  vcpu('L-F7808C92', 'HPC', ['hpc'], 0),
  { id: 'L-0263D0A3', service: 'ec2', name: 'EC2-VPC Elastic IPs', measure: 'public-ip', defaultLimit: 5 },
  { id: 'L-F678F1CE', service: 'vpc', name: 'VPCs per Region', measure: 'network', defaultLimit: 5 },
  { id: 'L-407747CB', service: 'vpc', name: 'Subnets per VPC', measure: 'subnet', defaultLimit: 200 },
  { id: 'L-E79EC296', service: 'vpc', name: 'VPC security groups per Region', measure: 'security-group', defaultLimit: 2500 },
  other('L-A4707A72', 'vpc', 'Internet gateways per Region', 5),
  other('L-FE5A380F', 'vpc', 'NAT gateways per Availability Zone', 5),
  other('L-7029FAB6', 'ec2', 'Virtual private gateways per region', 5),
  other('L-3E6EC3A3', 'ec2', 'VPN connections per region', 50),
  other('L-69A177A2', 'elasticloadbalancing', 'Network Load Balancers per Region', 50),
  other('L-53DA6B97', 'elasticloadbalancing', 'Application Load Balancers per Region', 50),
  other('L-B22855CB', 'elasticloadbalancing', 'Target Groups per Region', 3000),
  other('L-1194D53C', 'eks', 'Clusters', 100),
  other('L-7B6409FD', 'rds', 'DB instances', 40),
  other('L-7ADDB58A', 'rds', 'Total storage for all DB instances, in GiB', 100_000),
  other('L-848C634D', 'elasticfilesystem', 'File systems per account', 1000),
  other('L-DC2B2D3D', 's3', 'General purpose buckets', 10_000),
  other('L-FE177D64', 'iam', 'Roles per account', 1000),
];

/** The vCPU limit under which a type falls; Macs fall under none. */
export const quotaOfSpec = (specId: string): KnownQuota | undefined => KNOWN_QUOTAS.find(({ specPrefixes }) => specPrefixes?.some((prefix) => specId.startsWith(prefix)));
