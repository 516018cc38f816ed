import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudResource, CreateRequest, ListRequest, Page, ResourceKind } from '@mcmp/driver-sdk';
import { motoNeeded, motoServer, startMoto } from './moto.js';
import { asked, type Connected, connectTo, credential, region, signal, tags } from './session.js';

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;
const text = (content: string): string => Buffer.from(content).toString('base64');
const ACCOUNT = '123456789012';
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }] });
const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] };

interface Group { create(request: CreateRequest & Record<string, unknown>, signal: AbortSignal): Promise<CloudResource>; get(request: { region: string; id: string }, signal: AbortSignal): Promise<CloudResource>; list(request: ListRequest, signal: AbortSignal): Promise<Page<CloudResource>>; delete(request: { region: string; id: string }, signal: AbortSignal): Promise<void> }

run('storage, queues, names and identities of AWS, against moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let cloud: Connected;
  const group = (kind: ResourceKind): Group => cloud[kind] as unknown as Group;
  let READ_ONLY = '';
  let S3_READ = '';
  beforeAll(async () => {
    moto = await startMoto();
    cloud = await connectTo(moto.url);
    const iam = new IAMClient({ region, endpoint: moto.url, credentials: credential });
    const policy = async (PolicyName: string): Promise<string> => (await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: JSON.stringify(POLICY) }))).Policy?.Arn ?? '';
    [READ_ONLY, S3_READ] = [await policy('read-only'), await policy('s3-read')];
    iam.destroy();
  });
  afterAll(async () => {
    await cloud?.close?.();
    await moto?.close();
  });

  const kinds: [ResourceKind, Record<string, unknown>][] = [['bucket', {}], ['queue', { fifo: false }], ['dns-zone', { domain: 'lives.example.org', private: false }], ['iam-user', {}], ['iam-role', { trust }]];
  it.each(kinds)('lets a %s live: once per token, found by tag and id, paged, tagged, deleted twice', async (kind, more) => {
    const own = { tags: { ...tags, 'mcmp-kind': kind } };
    const first = await group(kind).create({ ...asked(`${kind}-one`), ...own, ...more }, signal());
    expect(first).toMatchObject({ name: `${kind}-one`, region, ...own, state: 'available' });
    expect((await group(kind).create({ ...asked(`${kind}-one`), ...own, ...more, resume: true }, signal())).id).toBe(first.id);
    if (cloud.traits.uniqueName.includes(kind)) await expect(group(kind).create({ ...asked(`${kind}-one`), ...own, ...more, token: 'another' }, signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const others = await Promise.all(['two', 'three'].map((label) => group(kind).create({ ...asked(`${kind}-${label}`), ...own, ...more }, signal())));
    const ids = [first, ...others].map(({ id }) => id).sort();

    const seen: string[] = [];
    for (let pageToken: string | undefined, pages = 0; pages === 0 || pageToken !== undefined; pages += 1) {
      const page = await group(kind).list({ region, tags: own.tags, pageSize: 2, ...(pageToken !== undefined && { pageToken }) }, signal());
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken;
    }
    expect(seen.sort()).toEqual(ids);
    expect((await group(kind).list({ region, ids: [first.id, 'nothing-at-all'] }, signal())).items.map(({ id }) => id)).toEqual([first.id]);
    expect((await group(kind).list({ region, ids: [first.id], tags: { 'mcmp-id': 'another' } }, signal())).items).toEqual([]);
    await expect(group(kind).list({ region, pageToken: 'not-ours' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'pageToken' } });

    await cloud.tag.set({ region, kind, id: first.id, tags: { role: 'web', tier: '1' } }, signal());
    await cloud.tag.remove({ region, kind, id: first.id, keys: ['tier', 'absent'] }, signal());
    expect((await group(kind).get({ region, id: first.id }, signal())).tags).toEqual({ ...own.tags, role: 'web' });

    for (const id of ids) for (let time = 1; time <= 2; time += 1) await group(kind).delete({ region, id }, signal());
    await expect(group(kind).get({ region, id: first.id }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND', detail: { providerCode: expect.any(String) as unknown } });
  });

  it('keeps objects: puts, reads, lists in pages, signs for both ways, and keeps a full bucket', async () => {
    const { id: bucketId, url } = await cloud.bucket.create(asked('data'), signal());
    expect(url).toBe(`${moto.url}/data/`);
    const at = (key: string) => ({ region, bucketId, key });
    expect(await cloud.object.put({ ...at('a/1.txt'), contentBase64: text('one, 하나'), contentType: 'text/plain' }, signal())).toMatchObject({ bucketId, key: 'a/1.txt', sizeBytes: 11, etag: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown });
    await cloud.object.put({ ...at('a/2 +&%.txt'), contentBase64: text('two') }, signal());
    await cloud.object.put({ ...at('b/3.txt'), contentBase64: '' }, signal());
    expect(await cloud.object.read(at('a/1.txt'), signal())).toEqual({ contentBase64: text('one, 하나'), contentType: 'text/plain' });
    expect(await cloud.object.get(at('a/1.txt'), signal())).toMatchObject({ sizeBytes: 11, contentType: 'text/plain', modifiedAt: expect.any(String) as unknown });
    const first = await cloud.object.list({ region, bucketId, prefix: 'a/', pageSize: 1 }, signal());
    const second = await cloud.object.list({ region, bucketId, prefix: 'a/', pageSize: 1, pageToken: first.nextPageToken! }, signal());
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(['a/1.txt', 'a/2 +&%.txt']);
    expect(second.nextPageToken).toBeUndefined();

    const read = await cloud.object.sign({ ...at('a/1.txt'), access: 'read', expiresSeconds: 60 }, signal());
    expect(await (await fetch(read.url)).text()).toBe('one, 하나');
    const write = await cloud.object.sign({ ...at('up.bin'), access: 'write', expiresSeconds: 60 }, signal());
    expect(write.url).not.toMatch(/checksum/i);
    expect((await fetch(write.url, { method: 'PUT', body: new Uint8Array([0, 255]) })).status).toBe(200);
    expect((await cloud.object.read(at('up.bin'), signal())).contentBase64).toBe('AP8=');

    await expect(cloud.object.get(at('none'), signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cloud.object.read(at('none'), signal())).rejects.toMatchObject({ code: 'NOT_FOUND', detail: { providerCode: 'NoSuchKey' } });
    await expect(cloud.object.list({ region, bucketId: 'no-such-bucket' }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cloud.bucket.delete({ region, id: bucketId }, signal())).rejects.toMatchObject({ code: 'IN_USE', detail: { providerCode: 'BucketNotEmpty' } });
    for (const key of ['a/1.txt', 'a/2 +&%.txt', 'b/3.txt', 'up.bin', 'none']) await cloud.object.delete(at(key), signal());
    await cloud.bucket.delete({ region, id: bucketId }, signal());
  });

  it('takes old versions along with a bucket that shows no object', async () => {
    const { id } = await cloud.bucket.create(asked('versioned'), signal());
    for (let time = 1; time <= 2; time += 1) expect(await cloud.bucket.setVersioning({ region, id, enabled: true }, signal())).toMatchObject({ id, versioning: true });
    for (const content of ['1', '2']) await cloud.object.put({ region, bucketId: id, key: 'k', contentBase64: text(content) }, signal());
    expect(await cloud.bucket.get({ region, id }, signal())).toMatchObject({ versioning: true });
    await expect(cloud.bucket.delete({ region, id }, signal())).rejects.toMatchObject({ code: 'IN_USE' });
    expect((await cloud.object.read({ region, bucketId: id, key: 'k' }, signal())).contentBase64).toBe(text('2'));
    await cloud.object.delete({ region, bucketId: id, key: 'k' }, signal());
    await cloud.bucket.delete({ region, id }, signal());
    await expect(cloud.bucket.get({ region, id }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes on with a bucket that was made and not yet tagged, and refuses names that AWS cannot have', async () => {
    const s3 = new S3Client({ region, endpoint: moto.url, forcePathStyle: true, credentials: credential });
    await s3.send(new CreateBucketCommand({ Bucket: 'half-made', CreateBucketConfiguration: { LocationConstraint: region } }));
    s3.destroy();
    await expect(cloud.bucket.create(asked('half-made'), signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS', detail: { field: 'name' } });
    expect((await cloud.bucket.create({ ...asked('half-made'), resume: true }, signal())).id).toBe('half-made');
    expect((await cloud.bucket.get({ region, id: 'half-made' }, signal())).tags).toEqual(asked('half-made').tags);
    for (const name of ['ab', 'ends-', 'x'.repeat(62) + 'yz']) await expect(cloud.bucket.create({ ...asked('x'), name }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'name' } });
  });

  it('makes queues that keep order under a name that says so', async () => {
    const made = await cloud.queue.create({ ...asked('orders'), fifo: true }, signal());
    expect(made).toMatchObject({ id: 'orders.fifo', name: 'orders', fifo: true });
    expect(await cloud.queue.get({ region, id: made.id }, signal())).toMatchObject({ fifo: true, messages: 0, url: expect.stringContaining('orders.fifo') as unknown, name: 'orders' });
    await cloud.queue.delete({ region, id: made.id }, signal());
  });

  it('sets records exactly, by weight too, keeps texts, and keeps a full zone', async () => {
    const made = await cloud['dns-zone'].create({ ...asked('zone'), domain: 'shop.example.org', private: false }, signal());
    const { id: zoneId } = made;
    expect(made).toMatchObject({ domain: 'shop.example.org', private: false, nameServers: expect.arrayContaining([expect.any(String)]) as unknown });
    const record = { region, zoneId, name: 'www.shop.example.org', type: 'A' as const, ttlSeconds: 60 };
    for (const values of [['192.0.2.1', '192.0.2.2'], ['192.0.2.3']]) await cloud['dns-record'].set({ ...record, values }, signal());
    const long = `v="1" \\ ${'x'.repeat(300)} 한`;
    await cloud['dns-record'].set({ region, zoneId, name: '*.shop.example.org', type: 'TXT', ttlSeconds: 60, values: [long, 'plain'] }, signal());
    const whole = (await cloud['dns-record'].list({ region, zoneId }, signal())).items.map(({ name, type }) => `${name} ${type}`);
    const paged: string[] = [];
    for (let pageToken: string | undefined, pages = 0; pages === 0 || pageToken !== undefined; pages += 1) {
      const page = await cloud['dns-record'].list({ region, zoneId, pageSize: 2, ...(pageToken !== undefined && { pageToken }) }, signal());
      paged.push(...page.items.map(({ name, type }) => `${name} ${type}`));
      pageToken = page.nextPageToken;
    }
    expect(paged).toEqual(whole);
    expect(new Set(paged).size).toBe(paged.length);
    for (const [setId, weight] of [['a', 10], ['b', 0]] as const) await cloud['dns-record'].set({ ...record, name: 'w.shop.example.org', values: ['192.0.2.9'], setId, weight }, signal());
    const { items } = await cloud['dns-record'].list({ region, zoneId }, signal());
    const shown = (name: string) => items.filter((item) => item.name === name);
    expect(shown('www.shop.example.org')).toEqual([{ zoneId, name: 'www.shop.example.org', type: 'A', ttlSeconds: 60, values: ['192.0.2.3'] }]);
    expect(shown('*.shop.example.org')[0]?.values).toEqual([long, 'plain']);
    expect(shown('w.shop.example.org').map(({ setId, weight }) => [setId, weight])).toEqual([['a', 10], ['b', 0]]);
    await expect(cloud['dns-record'].set({ ...record, values: ['x'], weight: 1 }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'setId' } });
    await expect(cloud['dns-record'].list({ region, zoneId: 'Z0000000000000' }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cloud['dns-zone'].delete({ region, id: zoneId }, signal())).rejects.toMatchObject({ code: 'IN_USE', detail: { providerCode: 'HostedZoneNotEmpty' } });
    for (const { type, setId, name } of items.filter((item) => item.type !== 'NS' && item.type !== 'SOA')) {
      for (let time = 1; time <= 2; time += 1) await cloud['dns-record'].delete({ region, zoneId, name, type, ...(setId !== undefined && { setId }) }, signal());
    }
    await cloud['dns-zone'].delete({ region, id: zoneId }, signal());
  });

  it('makes a private zone, which needs a network', async () => {
    await expect(cloud['dns-zone'].create({ ...asked('inside'), domain: 'in.example.org', private: true }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'networkIds' } });
    const networks = await Promise.all(['n1', 'n2'].map((name, index) => cloud.network.create({ ...asked(name), cidr: `10.${index}.0.0/16` }, signal())));
    const request = { ...asked('inside'), domain: 'in.example.org', private: true, networkIds: networks.map(({ id }) => id) };
    const made = await cloud['dns-zone'].create(request, signal());
    expect(made).toMatchObject({ private: true });
    expect((await cloud['dns-zone'].create({ ...request, resume: true }, signal())).id).toBe(made.id);
    await cloud['dns-zone'].delete({ region, id: made.id }, signal());
  });

  it('gives users keys and exactly the policies that are set, and takes all along', async () => {
    const { id } = await cloud['iam-user'].create(asked('builder'), signal());
    const key = await cloud['iam-user'].createKey({ region, id }, signal());
    expect(key).toEqual({ keyId: expect.stringMatching(/^AKIA/) as unknown, secret: expect.stringMatching(/^\S{20,}$/) as unknown });
    for (const policyIds of [[READ_ONLY, S3_READ], [S3_READ]]) {
      for (let time = 1; time <= 2; time += 1) expect([...(await cloud['iam-user'].setPolicies({ region, id, policyIds }, signal())).policyIds].sort()).toEqual([...policyIds].sort());
    }
    const seen = await cloud['iam-user'].get({ region, id }, signal());
    expect(seen).toMatchObject({ policyIds: [S3_READ], keyIds: [key.keyId] });
    expect(JSON.stringify(seen)).not.toContain(key.secret);
    const spare = await cloud['iam-user'].createKey({ region, id }, signal());
    for (let time = 1; time <= 2; time += 1) await cloud['iam-user'].deleteKey({ region, id, keyId: spare.keyId }, signal());
    await expect(cloud['iam-user'].createKey({ region, id: 'nobody' }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await cloud['iam-user'].delete({ region, id }, signal());
    await expect(cloud['iam-user'].get({ region, id }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lends a role as a credential of this driver', async () => {
    const { id, trust: told } = await cloud['iam-role'].create({ ...asked('auditor'), trust, description: 'reads' }, signal());
    expect(JSON.parse(told)).toEqual(JSON.parse(trust));
    expect(JSON.parse((await cloud['iam-role'].get({ region, id }, signal())).trust)).toEqual(JSON.parse(trust));
    expect((await cloud['iam-role'].setPolicies({ region, id, policyIds: [READ_ONLY] }, signal())).policyIds).toEqual([READ_ONLY]);
    const { credential: lentCredential, expiresAt } = await cloud['iam-role'].assume({ region, id, durationSeconds: 60, sessionName: 'audit / 1' }, signal());
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect(Object.keys(lentCredential).sort()).toEqual(['accessKeyId', 'secretAccessKey', 'sessionToken']);
    const lent = await connectTo(moto.url, {}, lentCredential);
    expect(await lent.account.verify({}, signal())).toMatchObject({ principal: expect.stringMatching(/assumed-role\/auditor\/audit---1$/) as unknown });
    await lent.close?.();
    await expect(cloud['iam-role'].create({ ...asked('wrong'), trust: 'everybody' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'trust' } });
    await cloud['iam-role'].delete({ region, id }, signal());
  });
});
