import { ALL_CHECKS } from '@mcmp/driver-sdk/testing';

/** Kinds that the wire of the box has no service for; moto and tests of their own check them. */
const LACKING = /^(tag\.\w+-)?(load-balancer|cluster|node-group|bucket|object|file-system|database|queue|dns-zone|dns-record|iam-user|iam-role|metric|function)\b/;

/** Checks that the EC2 wire of the box cannot answer for, each with the reason. */
export const WIRE_GAPS: Record<string, string> = Object.fromEntries(ALL_CHECKS.filter(({ id }) => LACKING.test(id)).map(({ id }) => [id, 'the wire of the box has no such service']));
for (const id of ['internet-gateway.attach', 'internet-gateway.attach-again', 'internet-gateway.detach', 'internet-gateway.delete-attached']) WIRE_GAPS[id] = 'a VPC has one internet gateway, and a network of ours comes with it';
