import type { DnsRecord } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { WorldError } from '../../world/index.js';
import type { StoredBytes } from '../../world/index.js';
import { pageOfKeys } from '../pages.js';
import { show } from '../show.js';
import { signedUrl } from '../urls.js';
import { born, byId, ById, given, ids, method, page, region, text } from './method.js';

const LARGEST_SMALL = 8 * 1024 * 1024;
const objectKey = { region, bucketId: text, key: z.string().min(1).max(1024) };
const tell = (bucketId: string, { key, bytes, etag, contentType, modifiedAt }: StoredBytes) => ({ bucketId, key, sizeBytes: bytes.length, etag, contentType, modifiedAt: new Date(modifiedAt).toISOString() });

const storage = {
  'bucket.create': method(z.object(born), (view, { region: _, ...input }, caller) => show(view, view.create('bucket', { ...given(input), attributes: { versioning: false } }), caller)),
  'bucket.setVersioning': method(z.object({ ...byId, enabled: z.boolean() }), (view, { id, enabled }, caller) => show(view, view.change('bucket', id, { attributes: { versioning: enabled } }), caller)),
  'object.list': method(z.object({ region, bucketId: text, prefix: z.string().max(1024).optional(), ...page }), (view, { bucketId, prefix, ...request }, { cursors }) => {
    const { items, ...rest } = pageOfKeys(view.objects(bucketId).list(prefix), ({ key }) => key, request, cursors);
    return { items: items.map((each) => tell(bucketId, each)), ...rest };
  }),
  'object.get': method(z.object(objectKey), (view, { bucketId, key }) => tell(bucketId, view.objects(bucketId).get(key))),
  'object.put': method(z.object({ ...objectKey, contentBase64: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'is base64'), contentType: z.string().max(256).optional() }), (view, { bucketId, key, contentBase64, contentType }) => {
    const bytes = Buffer.from(contentBase64, 'base64');
    if (bytes.length > LARGEST_SMALL) throw new WorldError('INVALID_REQUEST', 'more than 8 MiB travel by a signed URL', { kind: 'bucket', field: 'contentBase64' });
    return tell(bucketId, view.objects(bucketId).put(key, bytes, contentType));
  }),
  'object.read': method(z.object(objectKey), (view, { bucketId, key }) => {
    const { bytes, contentType } = view.objects(bucketId).get(key);
    if (bytes.length > LARGEST_SMALL) throw new WorldError('INVALID_REQUEST', `the object has ${bytes.length} bytes: more than 8 MiB travel by a signed URL`, { kind: 'bucket', field: 'key' });
    return { contentBase64: bytes.toString('base64'), contentType };
  }),
  'object.delete': method(z.object(objectKey), (view, { bucketId, key }) => {
    view.objects(bucketId).delete(key);
    return {};
  }),
  'object.sign': method(z.object({ ...objectKey, access: z.enum(['read', 'write']), expiresSeconds: z.int().min(1).max(604_800) }), (view, { bucketId, key, access, expiresSeconds }, caller) => {
    const { cloud, id } = view.get('bucket', bucketId);
    const expiresAt = caller.now + expiresSeconds * 1000;
    return { url: caller.base + signedUrl(caller.secret, { cloud, bucketId: id, key, access, expiresAt }), expiresAt: new Date(expiresAt).toISOString() };
  }),
};

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'SOA', 'CAA', 'PTR'] as const;
const recordKey = { region, zoneId: text, name: z.string().min(1).max(253), type: z.enum(TYPES), setId: z.string().min(1).max(128).optional() };
type RecordSet = Omit<DnsRecord, 'zoneId'>;
const sameSet = (one: { name: string; type: string; setId?: string | undefined }, other: typeof one): boolean => one.name === other.name && one.type === other.type && one.setId === other.setId;
const keyOfRecord = ({ name, type, setId = '' }: RecordSet): string => `${name} ${type} ${setId}`;

const dns = {
  'dns-zone.create': method(z.object({ ...born, domain: z.string().min(1).max(253), private: z.boolean(), networkIds: ids.default([]) }), (view, { region: _, domain, private: hidden, networkIds, ...input }, caller) =>
    show(view, view.create('dns-zone', { ...given(input), attributes: { domain, private: hidden, networkIds, nameServers: [], records: [] } }), caller)),
  'dns-record.list': method(z.object({ region, zoneId: text, ...page }), (view, { zoneId, ...request }, { cursors }) => {
    const records = [...view.get('dns-zone', zoneId).attributes.records].sort((one, other) => (keyOfRecord(one) < keyOfRecord(other) ? -1 : 1));
    const { items, ...rest } = pageOfKeys(records, keyOfRecord, request, cursors);
    return { items: items.map((record) => ({ zoneId, ...record })), ...rest };
  }),
  'dns-record.set': method(
    z.object({ ...recordKey, ttlSeconds: z.int().min(0).max(2_147_483_647), values: z.array(z.string().min(1).max(4000)).min(1).max(400), weight: z.int().min(0).max(255).optional() }),
    (view, { region: _, zoneId, ...asked }) => {
      const { domain, records } = view.get('dns-zone', zoneId).attributes;
      const record = given(asked);
      const refuse = (field: string, message: string): never => {
        throw new WorldError('INVALID_REQUEST', message, { kind: 'dns-zone', field });
      };
      if (record.name !== domain && !record.name.endsWith(`.${domain}`)) refuse('name', `'${record.name}' is not within '${domain}'`);
      if (record.type === 'A' && !record.values.every((value) => /^\d{1,3}(\.\d{1,3}){3}$/.test(value))) refuse('values', 'a value of type A is an IPv4 address');
      if (record.type === 'CNAME' && (record.values.length > 1 || record.name === domain)) refuse('values', 'a CNAME has one value, and is not at the top of a zone');
      if (record.weight !== undefined && record.setId === undefined) refuse('setId', 'a weight needs a setId');
      const others = records.filter((each) => !sameSet(each, record));
      if (others.some((each) => each.name === record.name && each.type === record.type && (each.setId === undefined) !== (record.setId === undefined))) refuse('setId', 'records of one name and type all have a setId, or none');
      if (others.some((each) => each.name === record.name && (each.type === 'CNAME') !== (record.type === 'CNAME'))) refuse('type', 'a CNAME stands alone at its name');
      view.change('dns-zone', zoneId, { attributes: { records: [...others, record] } });
      return { zoneId, ...record };
    },
  ),
  'dns-record.delete': method(z.object(recordKey), (view, { zoneId, name, type, setId }) => {
    const { records } = view.get('dns-zone', zoneId).attributes;
    view.change('dns-zone', zoneId, { attributes: { records: records.filter((each) => !sameSet(each, { name, type, setId })) } });
    return {};
  }),
};

const policyIds = z.array(text).max(50);
const identities = {
  'iam-user.create': method(z.object(born), (view, { region: _, ...input }, caller) => show(view, view.create('iam-user', { ...given(input), attributes: { policyIds: [], keyIds: [] } }), caller)),
  'iam-user.createKey': method(ById, (view, { id }) => view.createKey(id)),
  'iam-user.deleteKey': method(z.object({ ...byId, keyId: text }), (view, { id, keyId }) => {
    view.deleteKey(id, keyId);
    return {};
  }),
  'iam-user.setPolicies': method(z.object({ ...byId, policyIds }), (view, { id, policyIds: wanted }, caller) => show(view, view.change('iam-user', id, { attributes: { policyIds: wanted } }), caller)),
  'iam-role.create': method(z.object({ ...born, trust: z.string().min(1).max(10_000), description: z.string().max(1000).default('') }), (view, { region: _, trust, description, ...input }, caller) =>
    show(view, view.create('iam-role', { ...given(input), attributes: { policyIds: [], trust, description } }), caller)),
  'iam-role.setPolicies': method(z.object({ ...byId, policyIds }), (view, { id, policyIds: wanted }, caller) => show(view, view.change('iam-role', id, { attributes: { policyIds: wanted } }), caller)),
  'iam-role.assume': method(z.object({ ...byId, durationSeconds: z.int().min(60).max(43_200), sessionName: text }), (view, { id, durationSeconds, sessionName }) => {
    const { keyId, secret, expiresAt } = view.assume(id, durationSeconds * 1000, sessionName);
    return { credential: { accessKeyId: keyId, secretKey: secret }, expiresAt: new Date(expiresAt).toISOString() };
  }),
};

/** Buckets and objects, DNS, identities. */
export const account = { ...storage, ...dns, ...identities };
