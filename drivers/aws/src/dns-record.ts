import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { DnsRecord, DnsRecordHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { failedWith } from './errors.js';
import type { Route53 } from './dns-zone.js';
import { present } from './map.js';
import { readPage } from './pages.js';

const TYPES = new Set<string>(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'SOA', 'CAA', 'PTR'] satisfies DnsRecord['type'][]);

type Key = Pick<DnsRecord, 'zoneId' | 'name' | 'type' | 'setId'>;

/** Records of Route 53. Aliases of AWS's own things, and types that the SDK does not know, are not shown. */
export function dnsRecords(aws: Aws): DnsRecordHandlers {
  const route53Of = (signal: AbortSignal): Promise<Route53> => aws.service('route53', aws.homeRegion, signal);
  return {
    async list({ zoneId, ...page }, signal) {
      const route53 = await route53Of(signal);
      return readPage(page, [1, 300], async ({ MaxResults, NextToken }) => {
        const [StartRecordName, StartRecordType, StartRecordIdentifier] = NextToken === undefined ? [] : NextToken.split('|');
        const answer = await route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: MaxResults, ...present({ StartRecordName, StartRecordType: StartRecordType as 'A', StartRecordIdentifier: StartRecordIdentifier || undefined }) }));
        const next = answer.IsTruncated ? [answer.NextRecordName, answer.NextRecordType, answer.NextRecordIdentifier ?? ''].join('|') : undefined;
        return { items: (answer.ResourceRecordSets ?? []).filter(isShown).map((set) => toRecord(zoneId, set)), next };
      });
    },

    async set({ region: _region, ...record }, signal) {
      if ((record.setId === undefined) !== (record.weight === undefined)) throw new DriverError('INVALID_REQUEST', 'Sets of one name and type have both setId and weight.', { field: record.setId === undefined ? 'setId' : 'weight' });
      const route53 = await route53Of(signal);
      await route53.send(new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: record.zoneId, ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: toSet(record) }] } }));
      return record;
    },

    /** Route 53 deletes only what is told exactly as it is: so we look first. */
    async delete({ region: _region, ...key }, signal) {
      const route53 = await route53Of(signal);
      const set = await find(route53, key);
      if (set === undefined) return;
      await route53.send(new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: key.zoneId, ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] } })).catch(async (error: unknown) => {
        if (!failedWith(error, 'InvalidChangeBatch') || (await find(route53, key)) !== undefined) throw error;
      });
    },
  };
}

async function find(route53: Route53, { zoneId, name, type, setId }: Key): Promise<ResourceRecordSet | undefined> {
  const { ResourceRecordSets = [] } = await route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: setId === undefined ? 1 : 100, StartRecordName: name, StartRecordType: type, ...present({ StartRecordIdentifier: setId }) }));
  return ResourceRecordSets.find((set) => plainName(set.Name) === name.toLowerCase() && set.Type === type && set.SetIdentifier === setId);
}

const isShown = ({ Type, AliasTarget }: ResourceRecordSet): boolean => AliasTarget === undefined && TYPES.has(Type ?? '');

/** Route 53 writes signs other than letters, digits, `-` and `_` as `\` and three octal digits. */
const plainName = (name = ''): string => name.replace(/\.$/, '').replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

export function toRecord(zoneId: string, { Name, Type, TTL = 0, ResourceRecords = [], SetIdentifier, Weight }: ResourceRecordSet): DnsRecord {
  const values = ResourceRecords.map(({ Value = '' }) => (Type === 'TXT' ? plainText(Value) : Value));
  return { zoneId, name: plainName(Name), type: Type as DnsRecord['type'], ttlSeconds: TTL, values, ...present({ setId: SetIdentifier, weight: Weight }) };
}

export function toSet({ name, type, ttlSeconds, values, setId, weight }: Omit<DnsRecord, 'zoneId'>): ResourceRecordSet {
  const ResourceRecords = values.map((value) => ({ Value: type === 'TXT' ? quoted(value) : value }));
  return { Name: name, Type: type, TTL: ttlSeconds, ResourceRecords, ...present({ SetIdentifier: setId, Weight: weight }) };
}

/** A text in zone-file form: strings of at most 255 bytes, one after the other, with `"`, `\` and what is no printable ASCII escaped. */
function quoted(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  const strings: string[] = [];
  for (let begin = 0; begin === 0 || begin < bytes.length; begin += 255) {
    const escaped = [...bytes.subarray(begin, begin + 255)].map((byte) => (byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`));
    strings.push(`"${escaped.join('')}"`);
  }
  return strings.join(' ');
}

/** The text of such strings. */
function plainText(value: string): string {
  const strings = value.match(/"((?:[^"\\]|\\.)*)"/gs);
  if (strings === null) return value;
  const bytes = strings.map((string) => string.slice(1, -1)).join('').replace(/\\([0-7]{3})|\\(.)/gs, (_, octal: string | undefined, sign: string) => (octal === undefined ? sign : String.fromCharCode(parseInt(octal, 8))));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
