import { ALL_CHECKS } from '@mcmp/driver-sdk/testing';

/** Kinds whose actions the EC2 wire does not have yet; moto checks them. */
const LACKING = /^(tag\.\w+-)?(cluster|node-group|bucket|object|file-system|database|queue|dns-zone|dns-record|iam-user|iam-role|metric|event|charge|function)\b|network-interface|nat-gateway|placement-group|snapshot|custom-image|vpn-|^route-table\.(set-routes|wrong-route)/;

/** Checks that the EC2 wire of the box cannot answer for, each with the reason. */
export const WIRE_GAPS: Record<string, string> = Object.fromEntries(ALL_CHECKS.filter(({ id }) => LACKING.test(id)).map(({ id }) => [id, 'the EC2 wire does not have these actions yet']));
for (const id of ['internet-gateway.attach', 'internet-gateway.attach-again', 'internet-gateway.detach', 'internet-gateway.delete-attached']) WIRE_GAPS[id] = 'a VPC has one internet gateway, and a network of ours comes with it';
