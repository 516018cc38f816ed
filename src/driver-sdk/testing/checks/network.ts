import type { ResourceKind } from '../../kinds.js';
import type { SecurityRule } from '../../network.js';
import { CheckSkipped, ensure, ensureRefused, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import type { Thing } from '../fixtures.js';
import { RULES } from '../drafts.js';
import { doorOf, draft, fixture, isGone, strangerOf, use } from '../fixtures.js';

/** A rule as one text, so that sets of rules compare. */
const ruleText = ({ direction, protocol, fromPort, toPort, cidr }: SecurityRule): string => [direction, protocol, fromPort ?? '-', toPort ?? '-', cidr].join(' ');

const ensureRules = (actual: SecurityRule[] | undefined, expected: SecurityRule[], what: string): void => {
  ensure(Array.isArray(actual), `${what}: rules is ${show(actual)}`);
  ensureSameSet(actual.map(ruleText), expected.map(ruleText), what);
};

/** Sets rules on the shared group, and holds the answer and the next get to them; the group gets its first rules back. */
async function ruled(context: CheckContext, rules: SecurityRule[], times = 1): Promise<void> {
  const { region, id } = await use(context, 'security-group');
  try {
    for (let time = 0; time < times; time++) {
      const answer = await context.call('security-group.setRules', { region, id, rules });
      ensureRules(answer.rules, rules, 'rules of the answer');
    }
    await context.eventually(async () => ensureRules((await context.call('security-group.get', { region, id })).rules, rules, 'rules of the group'));
  } finally {
    await context.call('security-group.setRules', { region, id, rules: RULES }).catch(() => undefined);
  }
}

const check = (capability: ResourceKind, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${capability}.${what}`, capability, sentence, needs, run });

/** What networks, subnets, security groups and key pairs keep beside their lifecycle. */
export const networkChecks: Check[] = [
  check('network', 'range', 'gives a network the range that was asked, where networks have one', async (context) => {
    const { request, things } = await fixture(context, 'network');
    const cidr = things[0]?.cidr;
    ensure(cidr === undefined || cidr === request.cidr, `asked ${show(request.cidr)}, got ${show(cidr)}`);
  }),
  check('network', 'range-wrong', 'refuses a range that is none', async (context) => {
    if ((await use(context, 'network')).cidr === undefined) skip('networks of this cloud have no range');
    const request = { ...(await draft(context, 'network', 'wrong')), cidr: '10.0.0.0/99' };
    await ensureRefused(doorOf(context, 'network').create(request), ['INVALID_REQUEST'], 'the range 10.0.0.0/99');
  }),
  check('subnet', 'place', 'puts a subnet into its network, with the range and, where subnets lie in one, the zone that was asked', async (context) => {
    const { request, things } = await fixture(context, 'subnet');
    const { networkId, cidr, zone } = things[0] as Thing;
    ensureSame([networkId, cidr], [request.networkId, request.cidr], 'network and range');
    ensure(request.zone === undefined || zone === request.zone, `asked ${show(request.zone)}, got ${show(zone)}`);
  }),
  check('subnet', 'unknown-network', 'refuses a subnet of a network that does not exist', async (context) => {
    const request = await draft(context, 'subnet', 'stray');
    await ensureRefused(doorOf(context, 'subnet').create({ ...request, networkId: strangerOf(request.networkId as string) }), ['NOT_FOUND', 'INVALID_REQUEST'], 'an unknown network');
  }),
  check('subnet', 'outside', 'refuses a subnet outside the range of its network, where networks have one', async (context) => {
    if ((await use(context, 'network')).cidr === undefined) skip('networks of this cloud have no range');
    const request = { ...(await draft(context, 'subnet', 'outside')), cidr: '192.168.77.0/24' };
    await ensureRefused(doorOf(context, 'subnet').create(request), ['INVALID_REQUEST'], 'a range outside');
  }),
  check('subnet', 'overlap', 'refuses a subnet that overlaps another', async (context) => {
    const { request } = await fixture(context, 'subnet');
    const second = { ...(await draft(context, 'subnet', 'overlap')), cidr: request.cidr };
    await ensureRefused(doorOf(context, 'subnet').create(second), ['INVALID_REQUEST', 'CONFLICT', 'ALREADY_EXISTS'], 'the same range again');
  }),
  check('security-group', 'rules', 'makes a group with exactly the rules that were asked', async (context) => {
    const { id, region } = await use(context, 'security-group');
    ensureRules((await context.call('security-group.get', { region, id })).rules, RULES, 'rules');
  }),
  check('security-group', 'set-rules', 'makes the rules exactly those that are set', (context) =>
    ruled(context, [{ direction: 'ingress', protocol: 'tcp', fromPort: 443, toPort: 443, cidr: '10.0.0.0/8' }, { direction: 'egress', protocol: 'tcp', fromPort: 1, toPort: 65_535, cidr: '10.0.0.0/8' }])),
  check('security-group', 'set-rules-again', 'sets the same rules again without complaint', (context) => ruled(context, [{ direction: 'ingress', protocol: 'icmp', cidr: '10.0.0.0/8' }], 2)),
  check('security-group', 'no-rules', 'takes all rules away', (context) => ruled(context, [])),
  check('security-group', 'rules-wrong', 'refuses ports that run backwards, and leaves the rules as they were', async (context) => {
    const { id, region } = await use(context, 'security-group');
    const rules: SecurityRule[] = [{ direction: 'ingress', protocol: 'tcp', fromPort: 90, toPort: 80, cidr: '10.0.0.0/8' }];
    await ensureRefused(context.call('security-group.setRules', { region, id, rules }), ['INVALID_REQUEST'], 'ports 90 to 80');
    ensureRules((await context.call('security-group.get', { region, id })).rules, RULES, 'rules afterwards');
  }),
  check('key-pair', 'fingerprint', 'tells the same fingerprint of a key each time, or none', async (context) => {
    const { answers, things } = await fixture(context, 'key-pair');
    const prints = [...answers, ...things].map((thing) => (thing as { fingerprint?: string }).fingerprint);
    ensure(new Set(prints.filter((print) => print !== undefined)).size <= 1, `fingerprints: ${show(prints)}`);
  }),
  check('key-pair', 'wrong-key', 'refuses what is no public key', async (context) => {
    const request = { ...(await draft(context, 'key-pair', 'wrong')), publicKey: 'no key at all' };
    await ensureRefused(doorOf(context, 'key-pair').create(request), ['INVALID_REQUEST'], 'a key that is none');
  }),
];

/** Refusals that would do harm where a driver does not refuse; so they come last, and the innermost thing goes last of all. */
export const dependencyChecks: Check[] = (
  [
    ['vpn-gateway', 'delete-with-connection', 'vpn-connection'],
    ['network', 'delete-with-subnet', 'subnet'],
    ['subnet', 'delete-with-vm', 'vm'],
    ['security-group', 'delete-with-vm', 'vm'],
  ] as const
).map(([capability, what, dependant]) =>
  check(capability, what, `refuses to delete a ${capability} that a ${dependant} needs`, async (context) => {
    for (const kind of [capability, dependant]) {
      const { id } = await use(context, kind);
      if (await isGone(context, kind, id)) throw new CheckSkipped(`needs a ${kind}, which another check took away`, true);
    }
    const { id } = await use(context, capability);
    await ensureRefused(doorOf(context, capability).delete(id), ['IN_USE'], `deleting a ${capability} with a ${dependant}`);
    ensureSame((await doorOf(context, capability).get(id)).id, id, `the ${capability} afterwards`);
  }, [dependant]),
).concat(
  contentful('bucket', 'delete-with-object', 'object', (context, { region, id }) => context.call('object.put', { region, bucketId: id, key: 'kit/holder', contentBase64: 'AA==' })),
  contentful('dns-zone', 'delete-with-record', 'dns-record', async (context, { region, id, domain }) => context.call('dns-record.set', { region, zoneId: id, name: `holder.${String(domain)}`, type: 'A', ttlSeconds: 300, values: ['192.0.2.9'] })),
);

/** The same for what holds things without a life of their own. */
function contentful(capability: 'bucket' | 'dns-zone', what: string, content: 'object' | 'dns-record', fill: (context: CheckContext, holder: Thing & { domain?: string }) => Promise<unknown>): Check {
  return {
    id: `${capability}.${what}`, capability, sentence: `refuses to delete a ${capability} that is not empty`, needs: [content],
    run: async (context) => {
      const holder = await use(context, capability);
      await fill(context, holder).catch((error: unknown) => {
        throw consequence(`a ${capability} with something in it`, error);
      });
      await ensureRefused(doorOf(context, capability).delete(holder.id), ['IN_USE'], `deleting a ${capability} that is not empty`);
      ensureSame((await doorOf(context, capability).get(holder.id)).id, holder.id, `the ${capability} afterwards`);
    },
  };
}
