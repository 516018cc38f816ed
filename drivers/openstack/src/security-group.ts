import type { SecurityGroup, SecurityGroupHandlers, SecurityRule } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, failedWith } from './errors.js';
import type { NeutronThing } from './neutron.js';
import { KINDS, named, Shelf } from './neutron.js';
import type { NeutronRule } from './rules.js';
import { difference, neutronRuleOf, rulesOf } from './rules.js';

interface NeutronGroup extends NeutronThing { security_group_rules?: (NeutronRule & { id: string })[] }

const RULES = '/security-group-rules';
/** Groups belong to the project, not to a network, and have no state. */
const toGroup = (group: NeutronGroup, region: string): SecurityGroup => ({ ...named(group, region), providerState: 'available', state: 'available', rules: rulesOf(group.security_group_rules ?? []) });

/** Security groups. OpenStack lets every new group send everything over IPv4 and IPv6; as the rules are to be exactly those of the request, these go unless they are asked for. */
export function securityGroups(cloud: OpenStack): SecurityGroupHandlers {
  const shelf = new Shelf<NeutronGroup>(cloud, KINDS.securityGroup);
  return {
    async create(request, signal) {
      const door = await shelf.door(request.region, signal);
      const group = await shelf.make(door, request, {}, request.description);
      await exact(door, group, request.rules);
      return { ...toGroup(group, request.region), rules: request.rules };
    },

    async get({ region, id }, signal) {
      return toGroup(await shelf.read(await shelf.door(region, signal), id), region);
    },

    list: (request, signal) => shelf.list(request, signal, (rows) => rows.map((row) => toGroup(row, request.region))),

    async delete({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      await deleted(door.delete(`${KINDS.securityGroup.path}/${encodeURIComponent(id)}`));
    },

    async setRules({ region, id, rules }, signal) {
      const door = await shelf.door(region, signal);
      const group = await shelf.read(door, id);
      await exact(door, group, rules);
      return { ...toGroup(group, region), rules };
    },
  };
}

/** Adds what is missing, all or nothing, then takes away what is too much, so that nothing that stays is ever shut. */
async function exact(door: Door, group: NeutronGroup, rules: SecurityRule[]): Promise<void> {
  const { missing, surplus } = difference(group.security_group_rules ?? [], rules.map(neutronRuleOf));
  await add(door, missing.map((rule) => ({ ...rule, security_group_id: group.id })));
  for (const { id } of surplus) await deleted(door.delete(`${RULES}/${id}`));
}

/** One call for all; where Neutron says that one of them is already there, each by itself, for Neutron then made none. */
async function add(door: Door, rules: object[]): Promise<void> {
  if (rules.length === 0) return;
  try {
    await door.post(RULES, { security_group_rules: rules });
  } catch (error) {
    if (!failedWith(error, 'SecurityGroupRuleExists')) throw error;
    if (rules.length > 1) for (const rule of rules) await add(door, [rule]);
  }
}
