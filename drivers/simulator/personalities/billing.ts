import type { Billing } from '../world/types.js';

/** Won for a dollar, steady so that bills repeat themselves. A guess of the order of 2026. */
const WON = 1_400;
const services = (compute: string, storage: string, network: string, kubernetes: string, database: string, dns: string): Billing['services'] => ({ compute, storage, network, kubernetes, database, dns });

const billing = (own: Partial<Billing> & { services: Billing['services'] }): Billing => ({ currency: 'USD', perUsd: 1, decimals: 6, taxRate: 0.1, lagHours: 4, settleHours: 48, ...own });
const won = (names: Billing['services'], own: Partial<Billing> = {}): Billing => billing({ currency: 'KRW', perUsd: WON, decimals: 2, services: names, ...own });

/** How each cloud bills a customer in Korea: 10 % value added tax everywhere. How late usage comes and when it settles is published by some in words only; the numbers are guesses within them. */
export const BILLING = {
  aws: billing({ lagHours: 8, settleHours: 72, services: services('Amazon Elastic Compute Cloud', 'Amazon Elastic Block Store', 'Amazon Virtual Private Cloud', 'Amazon Elastic Kubernetes Service', 'Amazon Relational Database Service', 'Amazon Route 53') }),
  azure: billing({ lagHours: 8, settleHours: 72, services: services('Virtual Machines', 'Storage', 'Virtual Network', 'Azure Kubernetes Service', 'Azure Database for PostgreSQL', 'Azure DNS') }),
  gcp: billing({ lagHours: 5, settleHours: 24, services: services('Compute Engine', 'Compute Engine storage', 'Networking', 'Kubernetes Engine', 'Cloud SQL', 'Cloud DNS') }),
  alibaba: billing({ settleHours: 24, services: services('Elastic Compute Service', 'Block Storage', 'Virtual Private Cloud', 'Container Service for Kubernetes', 'ApsaraDB RDS', 'Alibaba Cloud DNS') }),
  tencent: billing({ settleHours: 24, services: services('Cloud Virtual Machine', 'Cloud Block Storage', 'Virtual Private Cloud', 'Tencent Kubernetes Engine', 'TencentDB', 'DNSPod') }),
  ibm: billing({ lagHours: 12, services: services('Virtual Server for VPC', 'Block Storage for VPC', 'VPC networking', 'Kubernetes Service', 'Databases for PostgreSQL', 'DNS Services') }),
  ncp: won(services('Server', 'Block Storage', 'VPC', 'Ncloud Kubernetes Service', 'Cloud DB', 'Global DNS'), { lagHours: 24 }),
  nhn: won(services('Instance', 'Block Storage', 'Network', 'NHN Kubernetes Service', 'RDS', 'DNS Plus')),
  kt: won(services('Server', 'Volume', 'Network', 'Kubernetes', 'DB', 'DNS')),
  openstack: billing({ lagHours: 1, settleHours: 24, taxRate: 0, services: services('compute', 'volume', 'network', 'container-infra', 'database', 'dns') }),
} satisfies Record<string, Billing>;
