import { WorldError } from '../types.js';
import { refuse } from './rule.js';
import type { Rule } from './rule.js';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const DOMAIN = /^([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const DAY_SECONDS = 86_400;

const bucket: Rule<'bucket'> = {
  check(step, asked, name) {
    if (!BUCKET.test(name)) refuse('bucket', 'name', `'${name}' is no name of a bucket: 3 to 63 of a-z, 0-9 and hyphen`);
    const owner = step.engine.bucketNamed(step.call.cloud, name);
    if (owner) throw new WorldError('ALREADY_EXISTS', `a bucket named '${name}' exists already`, { kind: 'bucket', field: 'name', ...(owner.account === step.call.account && { id: owner.id }) });
    return asked;
  },
  held: (step, thing) => (step.engine.objects.isEmpty(thing) ? undefined : 'the objects in it'),
  end: (engine, thing) => engine.objects.drop(thing),
};

const dnsZone: Rule<'dns-zone'> = {
  check(step, asked) {
    const domain = asked.domain.toLowerCase().replace(/\.$/, '');
    if (!DOMAIN.test(domain)) refuse('dns-zone', 'domain', `'${asked.domain}' is no domain`);
    for (const id of asked.networkIds) step.find('network', id);
    return { ...asked, domain };
  },
  begin(step, { attributes }) {
    const names = step.engine.chance.hex(step.call.cloud, 'global', 4);
    attributes.nameServers = [1, 2, 3, 4].map((each) => `ns${each}.${names}.dns.${step.call.cloud}.box`);
    attributes.records = [
      { name: attributes.domain, type: 'NS', ttlSeconds: 2 * DAY_SECONDS, values: attributes.nameServers.map((server) => `${server}.`) },
      { name: attributes.domain, type: 'SOA', ttlSeconds: 900, values: [`${attributes.nameServers[0] ?? ''}. hostmaster.${attributes.domain}. 1 7200 900 1209600 300`] },
    ];
  },
  held: (_step, { attributes: { domain, records } }) => (records.some(({ name, type }) => name !== domain || (type !== 'NS' && type !== 'SOA')) ? 'the records in it' : undefined),
};

const iamUser: Rule<'iam-user'> = {
  check: (_step, asked) => asked,
  end: (engine, thing) => thing.attributes.keyIds.forEach((keyId) => engine.issued.revoke(thing.cloud, keyId)),
};

const iamRole: Rule<'iam-role'> = {
  check(_step, asked) {
    if (asked.trust.trim() === '') refuse('iam-role', 'trust', 'a role says who may take it');
    return asked;
  },
};

export const accountRules = { bucket, 'dns-zone': dnsZone, 'iam-user': iamUser, 'iam-role': iamRole };
