import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { Secrets } from '../../src/platform/secrets/secrets.js';
import type { Answer } from '../support/server.js';
import { MCIS, Stage, regionOf, specsOf, zonesOf } from './stage.js';

let stage: Stage;
let group: (more?: object) => ReturnType<Stage['group']>;

beforeAll(async () => {
  stage = await Stage.start(['aws', 'gcp', 'openstack']);
  group = (more = {}) => stage.group('openstack', 1, { name: 'web', ...more });
});
afterAll(async () => {
  await stage?.stop();
});
afterEach(async () => {
  await stage.expectNothingLeft();
});
const codeOf = (answer: Answer) => `${answer.status} ${String(answer.body.code)}`;

describe('the VMs of a project', () => {
  it('are found by words over all of its MCIs, page by page, each with its MCI; those of no other project', async () => {
    for (const name of ['shop', 'shelf']) await stage.ended(await stage.create(name, [group({ size: 2 }), group({ name: 'db' })]));
    const find = async (query: string): Promise<string[]> => {
      const { status, body } = await stage.server.call('GET', `/v1/projects/default/vms${query}`);
      expect(status).toBe(200);
      return (body.items as { mci: string; name: string; group: string }[]).map((vm) => `${vm.mci}/${vm.name} ${vm.group}`).sort();
    };
    expect(await find('')).toEqual(['shelf/db-1 db', 'shelf/web-1 web', 'shelf/web-2 web', 'shop/db-1 db', 'shop/web-1 web', 'shop/web-2 web']);
    expect(await find('?q=SHOP%20%20web')).toEqual(['shop/web-1 web', 'shop/web-2 web']);
    expect(await find('?q=shop%25')).toEqual([]);
    expect(await find('?group=db&state=running')).toEqual(['shelf/db-1 db', 'shop/db-1 db']);
    const { body } = await stage.server.call('GET', '/v1/projects/default/vms?q=shelf&pageSize=2');
    const { publicIp } = (body.items as { publicIp: string }[])[0] as { publicIp: string };
    expect(await find(`?q=${publicIp}`)).toContainEqual(expect.stringMatching(/^shelf/));
    expect(await find(`?q=shelf&pageSize=2&pageToken=${String(body.nextPageToken)}`)).toHaveLength(1);
    expect(await stage.server.call('GET', `/v1/projects/default/vms?q=${'x'.repeat(201)}`)).toMatchObject({ status: 400, body: { errors: [{ field: 'q' }] } });
    const [workspace] = (await stage.server.call('GET', '/v1/workspaces')).body.items as { id: string }[];
    await stage.server.call('POST', '/v1/projects', { body: { name: 'beside', workspaceId: workspace?.id } });
    expect((await stage.server.call('GET', '/v1/projects/beside/vms')).body).toEqual({ items: [], nextPageToken: null });
    for (const name of ['shop', 'shelf']) await stage.delete(name);
  });
});

describe('a request made twice', () => {
  it('with one Idempotency-Key is one operation, and the first answer', async () => {
    const [one, two] = await Promise.all([0, 1].map(() => stage.create('once', [group()], {}, { key: 'key-1' })));
    expect([one?.status, two?.status]).toEqual([202, 202]);
    expect(two?.body).toEqual(one?.body);
    expect(two?.headers.get('location')).toBe(one?.headers.get('location'));
    await stage.ended(one as Answer);
    const later = await stage.create('once', [group()], {}, { key: 'key-1' });
    expect(later.body).toEqual(one?.body);
    expect(await stage.rows()).toMatchObject({ mci: 1, vm: 1 });
    expect(await stage.box.things({ kind: 'vm' })).toHaveLength(1);
    await stage.delete('once');
  });

  it('with one key and another body is refused', async () => {
    await stage.ended(await stage.create('first', [group()], {}, { key: 'key-2' }));
    expect(await stage.create('second', [group()], {}, { key: 'key-2' })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_MISMATCH', errors: [{ field: 'Idempotency-Key', rule: expect.any(String) }] } });
    expect(codeOf(await stage.create('first', [group({ size: 2 })], {}, { key: 'key-2' }))).toBe('422 IDEMPOTENCY_MISMATCH');
    expect(await stage.rows()).toMatchObject({ mci: 1, vm: 1 });
    await stage.delete('first');
  });

  it('with one key where the first was refused may be made right and sent again', async () => {
    expect(codeOf(await stage.create('right', [group({ spec: 'none' })], {}, { key: 'key-3' }))).toBe('400 INVALID_REQUEST');
    await stage.ended(await stage.create('right', [group()], {}, { key: 'key-3' }));
    await stage.delete('right');
  });

  it('for one name at once: one is taken, one learns that the name is', async () => {
    const answers = await Promise.all([1, 2, 3].map((size) => stage.create('same', [group({ size })])));
    expect(answers.map(codeOf).sort()).toEqual(['202 undefined', '409 ALREADY_EXISTS', '409 ALREADY_EXISTS']);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ errors: [{ field: 'name', rule: expect.any(String), help: expect.any(String) }] });
    expect(await stage.rows()).toMatchObject({ mci: 1, vm_group: 1 });
    await stage.ended(answers.find(({ status }) => status === 202) as Answer);
    await stage.delete('same');
  });

  it('for one range at once in two regions: ranges of a project never overlap', async () => {
    const body = (name: string, index: number) => stage.create(name, [stage.group('gcp', 1, { connection: index ? 'gcp' : 'openstack', region: regionOf(index ? 'gcp' : 'openstack'), spec: specsOf(index ? 'gcp' : 'openstack')[0] as string })], { networks: [{ connection: index ? 'gcp' : 'openstack', region: regionOf(index ? 'gcp' : 'openstack'), cidr: '10.50.0.0/16' }] });
    const answers = await Promise.all([body('range-0', 0), body('range-1', 1)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 400]);
    const taken = answers.findIndex(({ status }) => status === 202);
    expect(answers[1 - taken]?.body).toMatchObject({ errors: [{ field: 'networks[0].cidr', rule: expect.stringContaining('overlaps') }] });
    await stage.ended(answers[taken] as Answer);
    await stage.delete(`range-${taken}`);
  });
});

describe('a wrong request names the field, the rule and what would help', () => {
  type Case = [name: string, body: () => object, errors: { field: string; rule: RegExp; help?: RegExp }[]];
  const one = (more: object): object => ({ name: 'wrong', groups: [group(more)] });
  it.each<Case>([
    ['an unknown field', () => ({ ...one({}), colour: 'red' }), [{ field: 'colour', rule: /not known/, help: /leave it out/ }]],
    ['an unknown field of a group', () => one({ flavour: 'm1' }), [{ field: 'groups[0].flavour', rule: /not known/, help: /leave it out/ }]],
    ['no groups', () => ({ name: 'wrong', groups: [] }), [{ field: 'groups', rule: /at least one group/ }]],
    ['a bad name', () => ({ ...one({}), name: 'Shop_1' }), [{ field: 'name', rule: /lower-case/ }]],
    ['a name of 41', () => ({ ...one({}), name: 'a'.repeat(41) }), [{ field: 'name', rule: /at most 40/ }]],
    ['two groups of one name', () => ({ name: 'wrong', groups: [group(), group()] }), [{ field: 'groups', rule: /differ/ }]],
    ['size 0', () => one({ size: 0 }), [{ field: 'groups[0].size', rule: /at least 1/ }]],
    ['10,000 VMs in a group', () => one({ size: 10_000 }), [{ field: 'groups[0].size', rule: /at most 1000/ }, { field: 'groups', rule: /at most 2000 VMs/ }]],
    ['10,000 VMs in ten groups', () => ({ name: 'wrong', groups: Array.from({ length: 10 }, (_, index) => group({ name: `g${index}`, size: 1000 })) }), [{ field: 'groups', rule: /at most 2000 VMs/ }]],
    ['a bad label key', () => ({ ...one({}), labels: { 'Team Name': 'x' } }), [{ field: 'labels.Team Name', rule: /lower-case/ }]],
    ['a bad label value', () => one({ labels: { team: 'A B' } }), [{ field: 'groups[0].labels.team', rule: /at most 63/ }]],
    ['a label of the platform', () => ({ ...one({}), labels: { 'mcmp-project': 'x' } }), [{ field: 'labels', rule: /mcmp/ }]],
    ['a bad policy', () => ({ ...one({}), onPartialFailure: 'hope' }), [{ field: 'onPartialFailure', rule: /continue/ }]],
    ['a range with host bits', () => ({ ...one({}), networks: [{ connection: 'openstack', region: regionOf('openstack'), cidr: '10.0.0.1/16' }] }), [{ field: 'networks[0].cidr', rule: /host bits/ }]],
    ['a rule without ports', () => ({ ...one({}), access: [{ protocol: 'tcp' }] }), [{ field: 'access[0].fromPort', rule: /need fromPort/ }]],
    ['an unknown connection', () => one({ connection: 'azure-9' }), [{ field: 'groups[0].connection', rule: /no connection "azure-9"/, help: /GET \/v1\/connections/ }]],
    ['an unknown region', () => one({ connection: 'aws', region: 'af-south-9' }), [{ field: 'groups[0].region', rule: /no region "af-south-9"/, help: /did you mean af-south-1/ }]],
    ['an unknown zone', () => one({ zone: 'mars' }), [{ field: 'groups[0].zone', rule: /no zone "mars"/, help: /zones/ }]],
    ['an unknown spec', () => one({ spec: 'm9.huge' }), [{ field: 'groups[0].spec', rule: /no spec "m9.huge"/, help: /GET \/v1\/specs/ }]],
    ['an unknown image', () => one({ image: 'img-0' }), [{ field: 'groups[0].image', rule: /no image "img-0"/, help: /GET \/v1\/images/ }]],
    ['an unknown system', () => one({ image: { osFamily: 'beos' } }), [{ field: 'groups[0].image', rule: /no beos/, help: /GET \/v1\/images/ }]],
    ['several at once, alternatives too', () => ({ name: 'wrong', groups: [group({ spec: 'm9.huge', alternatives: [{ region: 'nowhere' }] }), group({ name: 'db', connection: 'none' })] }), [
      { field: 'groups[0].spec', rule: /m9/ }, { field: 'groups[0].alternatives[0].region', rule: /nowhere/ }, { field: 'groups[1].connection', rule: /none/ },
    ]],
    ['a range of no group', () => ({ ...one({}), networks: [{ connection: 'aws', region: regionOf('aws'), cidr: '10.9.0.0/16' }] }), [{ field: 'networks[0]', rule: /of a group/, help: /leave it out/ }]],
    ['a range too small', () => ({ ...one({}), networks: [{ connection: 'openstack', region: regionOf('openstack'), cidr: '10.9.0.0/28' }] }), [{ field: 'networks[0].cidr', rule: /\/24 or larger/, help: /e\.g\./ }]],
    ['ranges that overlap each other', () => ({
      name: 'wrong', groups: [group(), stage.group('gcp', 1)], networks: [{ connection: 'openstack', region: regionOf('openstack'), cidr: '10.8.0.0/14' }, { connection: 'gcp', region: regionOf('gcp'), cidr: '10.9.0.0/16' }],
    }), [{ field: 'networks[1].cidr', rule: /overlaps 10\.8\.0\.0\/14/, help: /leave it out/ }]],
  ])('%s', async (_name, body, errors) => {
    for (const path of [MCIS, `${MCIS}/plan`]) {
      const answer = await stage.server.call('POST', path, { body: body() });
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', detail: expect.any(String) } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body.errors).toEqual(errors.map(({ field, rule, help }) => ({ field, rule: expect.stringMatching(rule), ...(help && { help: expect.stringMatching(help) }) })).map((wanted) => expect.objectContaining(wanted)));
    }
  });

  it('an image and a spec of two architectures', async () => {
    const where = `connection=aws&region=${regionOf('aws')}`;
    await stage.post('plan', { name: 'read', groups: [stage.group('aws', 1)] });
    const { items: images } = await stage.get<{ items: { id: string }[] }>(`/v1/images?${where}&architecture=arm64&pageSize=1`);
    expect(await stage.create('wrong', [stage.group('aws', 1, { image: images[0]?.id })])).toMatchObject({ status: 400, body: { errors: [{ field: 'groups[0].image', rule: expect.stringMatching(/arm64.*amd64/), help: expect.any(String) }] } });
  });

  it('a spec that the zone does not offer, where the cloud tells it', async () => {
    await stage.post('plan', { name: 'read', groups: [stage.group('aws', 1)] });
    const { items } = await stage.get<{ items: { id: string; zones?: string[] }[] }>(`/v1/specs?connection=aws&region=${regionOf('aws')}&pageSize=200&architecture=amd64`);
    const zones = zonesOf('aws');
    const narrow = items.find((spec) => spec.zones && zones.some((zone) => !spec.zones?.includes(zone)));
    if (!narrow) return expect(items.every((spec) => !spec.zones || zones.every((zone) => spec.zones?.includes(zone)))).toBe(true);
    expect(await stage.create('wrong', [stage.group('aws', 1, { spec: narrow.id, zone: zones.find((zone) => !narrow.zones?.includes(zone)) })])).toMatchObject({ status: 400, body: { errors: [{ field: 'groups[0].zone', help: expect.stringContaining(narrow.zones?.[0] as string) }] } });
  });

  it('a driver that an administrator has taken from service', async () => {
    await stage.post('plan', { name: 'read', groups: [stage.group('aws', 1)] });
    const driver = (verb: string, body?: object): Promise<Answer> => stage.server.call('POST', `/v1/drivers/aws/${verb}`, { ...(body && { body }) });
    const { version } = (await stage.server.call('GET', '/v1/drivers/aws')).body as { version: string };
    expect((await driver('deactivate')).status).toBe(200);
    const absent = { status: 409, body: { code: 'CONFLICT', detail: expect.stringContaining('GET /v1/drivers') } };
    expect(await stage.server.call('POST', `${MCIS}/plan`, { body: { name: 'wrong', groups: [stage.group('aws', 1)] } })).toMatchObject(absent);
    expect(await stage.server.call('POST', '/v1/connections/aws/verify')).toMatchObject(absent);
    expect(await driver('activate', { version })).toMatchObject({ status: 200, body: { state: 'ready' } });
    await stage.post('plan', { name: 'read', groups: [stage.group('aws', 1)] });
  });

  it('a range that another network of the project has', async () => {
    await stage.made('held', [group()], { networks: [{ connection: 'openstack', region: regionOf('openstack'), cidr: '10.60.0.0/16' }] });
    expect(await stage.create('wrong', [stage.group('gcp', 1)], { networks: [{ connection: 'gcp', region: regionOf('gcp'), cidr: '10.60.128.0/17' }] })).toMatchObject({ status: 400, body: { errors: [{ field: 'networks[0].cidr', rule: expect.stringContaining('overlaps 10.60.0.0/16'), help: expect.any(String) }] } });
    expect(await stage.create('wrong', [group()], { networks: [{ connection: 'openstack', region: regionOf('openstack'), cidr: '10.61.0.0/16' }] })).toMatchObject({ status: 400, body: { errors: [{ field: 'networks[0].cidr', rule: expect.stringContaining('10.60.0.0/16 there already'), help: expect.any(String) }] } });
    await stage.delete('held');
  });

  it('selections, sizes and commands on an MCI', async () => {
    await stage.made('small', [group()]);
    for (const [path, body, field] of [
      ['actions', { action: 'explode' }, 'action'], ['actions', { action: 'suspend', groups: ['nobody'] }, 'groups[0]'], ['actions', { action: 'suspend', vms: ['web-9'] }, 'vms[0]'], ['groups/web/scale', { size: -1 }, 'size'],
      ['groups/web/scale', { size: 1001 }, 'size'], ['commands', { command: '' }, 'command'], ['commands', { command: 'true', timeoutSeconds: 0 }, 'timeoutSeconds'], ['commands', { command: 'true', vms: ['web-9'] }, 'vms[0]'],
    ] as const) expect(await stage.post(`small/${path}`, body)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', errors: [{ field, rule: expect.any(String) }] } });
    expect(codeOf(await stage.server.call('GET', `${MCIS}/small/vms/web-9`))).toBe('404 NOT_FOUND');
    expect(codeOf(await stage.server.call('GET', `${MCIS}/small/commands/nothing`))).toBe('404 NOT_FOUND');
    await stage.delete('small');
  });

  it('a body that is broken or far too large', async () => {
    expect(await stage.server.call('POST', MCIS, { body: '{"name": "half' })).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', detail: expect.stringContaining('JSON') } });
    expect(codeOf(await stage.server.call('POST', MCIS, { body: JSON.stringify({ name: 'nul\u0000', groups: [group()] }) }))).toBe('400 INVALID_REQUEST');
    const large = await stage.server.call('POST', MCIS, { body: `{"name":"${'x'.repeat(50 * 1024 * 1024)}"}` }).catch((error: Error) => error);
    // A server may close the connection on the one who still sends; then the refusal cannot always be read.
    if (!(large instanceof Error)) expect(codeOf(large)).toBe('413 PAYLOAD_TOO_LARGE');
    expect((await stage.server.call('GET', '/health/ready')).status).toBe(200);
  });
});

describe('who may', () => {
  it('an expired token is told from a wrong one', async () => {
    const { rows } = await stage.database.query<{ sealed: string }>('SELECT sealed FROM iam.signing_key');
    const key = Secrets.fromConfig({ secretKey: undefined, dataDir: stage.server.dataDir }).open(rows[0]?.sealed as string, 'iam:signing-key');
    const expired = jwt.sign({}, key, { subject: (await stage.get<{ userId: string }>('/v1/me')).userId, issuer: 'mcmp', expiresIn: -1, algorithm: 'HS256' });
    expect(await stage.create('late', [group()], {}, { token: expired })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', detail: expect.stringMatching(/expired.*POST \/v1\/auth\/token/) } });
    expect(await stage.create('late', [group()], {}, { token: 'nonsense' })).toMatchObject({ status: 401 });
  });

  it('another’s project and MCI are not there, and a viewer may only look', async () => {
    const [workspace] = (await stage.get<{ items: { id: string }[] }>('/v1/workspaces')).items;
    const password = 'a-password-for-tests';
    const user = async (username: string, role: string, workspaceIds: unknown[]) => {
      expect((await stage.post('/v1/users', { username, password, role, workspaceIds })).status).toBe(201);
      return String((await stage.server.call('POST', '/v1/auth/token', { token: null, body: { username, password } })).body.accessToken);
    };
    const [stranger, viewer] = [await user('stranger', 'operator', []), await user('viewer', 'viewer', [workspace?.id])];
    await stage.made('mine', [group()]);
    for (const [method, path, body] of [['GET', '', undefined], ['GET', '/mine', undefined], ['GET', '/mine/vms', undefined], ['POST', '', { name: 'theirs', groups: [group()] }], ['POST', '/plan', { name: 'theirs', groups: [group()] }], ['DELETE', '/mine', undefined], ['POST', '/mine/actions', { action: 'terminate' }], ['POST', '/mine/private-key', undefined]] as const) {
      expect(codeOf(await stage.server.call(method, MCIS + path, { token: stranger, ...(body && { body }) }))).toBe('404 NOT_FOUND');
    }
    expect((await stage.server.call('GET', `${MCIS}/mine`, { token: viewer })).status).toBe(200);
    for (const [method, path, body] of [['POST', '', { name: 'theirs', groups: [group()] }], ['DELETE', '/mine', undefined], ['POST', '/mine/actions', { action: 'terminate' }], ['POST', '/mine/private-key', undefined], ['POST', '/mine/commands', { command: 'true' }]] as const) {
      expect(codeOf(await stage.server.call(method, MCIS + path, { token: viewer, ...(body && { body }) }))).toBe('403 FORBIDDEN');
    }
    expect(await stage.rows()).toMatchObject({ mci: 1, vm: 1 });
    await stage.delete('mine');
  });
});
