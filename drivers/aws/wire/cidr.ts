import { Ec2Error, invalidValue } from './errors.js';

/** An IPv4 range in EC2's canonical form: host bits are cleared (100.68.0.18/18 becomes 100.68.0.0/18), as EC2 documents for VPCs, subnets, routes and rules. */
export function canonicalCidr(cidr: string): { cidr: string; prefix: number } | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)?.slice(1).map(Number);
  if (!parts || parts.slice(0, 4).some((part) => part > 255) || parts[4]! > 32) return undefined;
  const prefix = parts[4]!, size = 2 ** (32 - prefix);
  const address = parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0), first = address - (address % size);
  return { cidr: `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`, prefix };
}

/** A range for a VPC or subnet. @throws Ec2Error InvalidParameterValue; InvalidVpc.Range or InvalidSubnet.Range outside /16 to /28. */
export function blockOf(cidr: string, rangeCode: 'InvalidVpc.Range' | 'InvalidSubnet.Range'): string {
  const block = canonicalCidr(cidr);
  if (!block) throw invalidValue(`Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  if (block.prefix < 16 || block.prefix > 28) throw new Ec2Error(rangeCode, `The CIDR '${cidr}' is invalid.`);
  return block.cidr;
}
