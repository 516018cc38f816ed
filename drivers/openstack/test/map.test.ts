import { describe, expect, it } from '@jest/globals';
import type { SecurityRule, VmState } from '@mcmp/driver-sdk';
import { toSpec } from '../src/flavor.js';
import { authOf, authUrlOf } from '../src/identity.js';
import { toImage } from '../src/image.js';
import driver from '../src/index.js';
import { keyTags } from '../src/key-pair.js';
import { byAge, failureOf, stateOf, tagLabel, tagsIn as clusterTags, versionAmong, versionIn } from '../src/magnum.js';
import { tagsIn } from '../src/neutron.js';
import type { NeutronRule } from '../src/rules.js';
import { difference, neutronRuleOf, rulesOf } from '../src/rules.js';
import { toVm, vmStateOf, wantsAddress } from '../src/servers.js';
import type { Server } from '../src/servers.js';
import { describe as describeTags, described, fromLabels, labelsOf, toLabels } from '../src/tags.js';

describe('tags where OpenStack has none', () => {
  const long = { [`k${'x'.repeat(50)}`]: 'v'.repeat(63), 'mcmp-id': 'short' };

  it('become labels of at most 60 characters, and tags again', () => {
    const labels = toLabels(long);
    expect(labels.every((label) => label.length <= 60 && !/[,/]/.test(label))).toBe(true);
    expect(fromLabels(labels.reverse())).toEqual(long);
    expect(fromLabels(['somebody else', ...labels])).toEqual(long);
  });

  it('become the same labels each time, and other ones for another value', () => {
    expect(labelsOf('a', 'b'.repeat(70))).toEqual(labelsOf('a', 'b'.repeat(70)));
    expect(labelsOf('a', 'b'.repeat(70))).not.toEqual(labelsOf('a', `${'b'.repeat(69)}c`));
  });

  it('stand in a description of at most 255 characters, owner tags first, with room for words', () => {
    const tags = { zone: 'x'.repeat(63), other: 'y'.repeat(63), 'mcmp-id': 'i'.repeat(36), 'mcmp-project': 'p'.repeat(36), 'mcmp-token': 't'.repeat(64) };
    const text = describeTags(tags, 'words for [people] '.repeat(30));
    expect(text.length).toBeLessThanOrEqual(255);
    expect(described(text)).toMatchObject({ 'mcmp-id': tags['mcmp-id'], 'mcmp-project': tags['mcmp-project'], 'mcmp-token': tags['mcmp-token'] });
    expect([described('nothing of ours'), described('a list [of words]'), described(undefined), described(null)]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('are the labels as soon as these are complete, until then the description', () => {
    const description = describeTags({ 'mcmp-id': 'first' });
    expect(tagsIn({ id: '1', name: 'n', description, tags: [] })).toEqual({ 'mcmp-id': 'first' });
    expect(tagsIn({ id: '1', name: 'n', description, tags: ['mcmp', 'mcmp-id=second'] })).toEqual({ 'mcmp-id': 'second' });
    expect(tagsIn({ id: '1', name: 'n', description, tags: ['mcmp'] })).toEqual({});
  });

  it('stand in the comment of a key', () => {
    expect(keyTags({ public_key: 'ssh-ed25519 AAAA me@home mcmp:mcmp-id=1,a=b' })).toEqual({ 'mcmp-id': '1', a: 'b' });
    expect(keyTags({ public_key: 'ssh-ed25519 AAAA me@home' })).toEqual({});
  });
});

describe('rules', () => {
  const rule = (more: Partial<NeutronRule> & { id?: string }): NeutronRule => ({ direction: 'ingress', ethertype: 'IPv4', protocol: null, port_range_min: null, port_range_max: null, remote_ip_prefix: null, ...more });
  const wanted: SecurityRule[] = [
    { direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }, { direction: 'ingress', protocol: 'icmp', cidr: '10.0.0.0/8' }, { direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' },
    { direction: 'ingress', protocol: 'udp', fromPort: 1, toPort: 65_535, cidr: '::/0' },
  ];

  it('go there and back', () => expect(rulesOf(wanted.map(neutronRuleOf))).toEqual(wanted));

  it('are alike where Neutron leaves out what means all', () => {
    const held = [rule({ direction: 'egress' }), rule({ protocol: 'udp', ethertype: 'IPv6' }), rule({ protocol: '6', port_range_min: 22, port_range_max: 22 }), rule({ protocol: 'icmp', remote_ip_prefix: '10.0.0.0/8' })];
    expect(difference(held, wanted.map(neutronRuleOf))).toEqual({ missing: [], surplus: [] });
  });

  it('have no form for groups and strange protocols: those go when rules are set, and openness is not understated', () => {
    const [byGroup, vrrp] = [rule({ remote_group_id: 'g' }), rule({ protocol: '112' })];
    expect(rulesOf([byGroup, vrrp])).toEqual([{ direction: 'ingress', protocol: 'all', cidr: '0.0.0.0/0' }]);
    expect(difference([byGroup, vrrp], [])).toMatchObject({ surplus: [byGroup, vrrp] });
    expect(difference([vrrp], [neutronRuleOf({ direction: 'ingress', protocol: 'all', cidr: '0.0.0.0/0' })])).toMatchObject({ missing: [{ protocol: null }], surplus: [vrrp] });
  });
});

describe('servers', () => {
  it.each<[status: string, task: string | null, state: VmState]>([
    ['BUILD', 'spawning', 'creating'], ['ACTIVE', null, 'running'], ['ACTIVE', 'powering-off', 'suspending'], ['ACTIVE', 'image_snapshot', 'running'], ['ACTIVE', 'deleting', 'terminating'], ['SHUTOFF', null, 'suspended'],
    ['SHUTOFF', 'powering-on', 'resuming'], ['PAUSED', null, 'suspended'], ['SHELVED_OFFLOADED', 'unshelving', 'resuming'], ['REBOOT', 'reboot_started', 'rebooting'], ['ACTIVE', 'reboot_pending', 'rebooting'], ['VERIFY_RESIZE', null, 'pending'],
    ['RESIZE', 'resize_migrating', 'pending'], ['SHUTOFF', 'resize_prep', 'pending'], ['ERROR', null, 'failed'], ['ERROR', 'deleting', 'terminating'], ['DELETED', null, 'terminated'], ['SOMETHING_NEW', null, 'pending'], ['SOMETHING_NEW', 'new_task', 'pending'],
  ])('%s with the task %s are %s', (status, task, state) => expect(vmStateOf({ status, 'OS-EXT-STS:task_state': task })).toBe(state));

  const server = (more: Partial<Server> = {}): Server => ({ id: 's', name: 'web', status: 'ACTIVE', 'OS-EXT-STS:task_state': null, flavor: { original_name: 'm1.small', disk: 20 }, image: { id: 'i' }, created: new Date().toISOString(), tags: ['mcmp:public', 'a=b'], ...more });
  const port = { id: 'p', name: '', device_id: 's', device_owner: 'compute:nova', network_id: 'n', security_groups: ['g'], fixed_ips: [{ subnet_id: 'u6', ip_address: 'fd00::1' }, { subnet_id: 'u', ip_address: '10.0.0.5' }] };
  const address = { id: 'f', name: '', floating_ip_address: '203.0.113.9', port_id: 'p', floating_network_id: 'x' };

  it('run once they have the public address that they are to have', () => {
    expect(toVm(server(), 'R', [port], [])).toMatchObject({ state: 'creating', tags: { a: 'b' } });
    expect(toVm(server(), 'R', [port], [address])).toMatchObject({ state: 'running', networkId: 'n', subnetId: 'u', securityGroupIds: ['g'], privateIp: '10.0.0.5', publicIp: '203.0.113.9', specId: 'm1.small', imageId: 'i' });
    expect(toVm(server({ tags: [] }), 'R', [port], [])).toMatchObject({ state: 'running' });
    expect(wantsAddress(server())).toBe(true);
  });

  it('that lost their address long ago are shown as what they are, for a failed VM would be taken away', () =>
    expect(toVm(server({ created: '2020-01-01T00:00:00Z' }), 'R', [port], [])).not.toMatchObject({ state: 'creating' }));

  it('tell why they failed, and the image of a boot volume', () => {
    const fault = { code: 500, message: 'No valid host was found. There are not enough hosts available.' };
    expect(toVm(server({ status: 'ERROR', fault }), 'R', [], []).failure).toEqual({ providerCode: 'fault.500', message: fault.message, outOfCapacity: true });
    expect(toVm(server({ image: '', metadata: { 'mcmp-image': 'j' } }), 'R', [], []).imageId).toBe('j');
  });
});

describe('flavors and images', () => {
  const flavor = { id: '1', name: 'm1.small', vcpus: 1, ram: 2048, disk: 20 };
  it.each([
    [{}, { architecture: 'amd64', gpuCount: 0 }], [{ 'capabilities:cpu_info:arch': '<in> aarch64' }, { architecture: 'arm64' }], [{ 'resources:VGPU': '1' }, { gpuCount: 1 }],
    [{ 'pci_passthrough:alias': 'nvidia-a100:2' }, { gpuCount: 2, gpuModel: 'nvidia-a100' }], [{ 'pci_passthrough:alias': 'qat:1' }, { gpuCount: 0 }],
  ])('extra specs %j', (extra_specs, spec) => expect(toSpec({ ...flavor, extra_specs: extra_specs as Record<string, string> }, 'R')).toMatchObject({ id: 'm1.small', memoryMiB: 2048, ...spec }));

  const image = { id: 'i', name: 'Ubuntu 24.04 LTS', status: 'active', visibility: 'public' };
  it.each([
    [{}, { osFamily: 'ubuntu', osVersion: '24.04', sshUser: 'ubuntu', architecture: 'amd64' }], [{ os_distro: 'debian', os_version: '12', name: 'x' }, { osFamily: 'debian', osVersion: '12', sshUser: 'debian' }],
    [{ os_distro: 'Astra Linux!', os_admin_user: 'astra' }, { osFamily: 'astra-linux-', sshUser: 'astra' }], [{ architecture: 'aarch64', min_disk: 3, virtual_size: 5 * 2 ** 30 }, { architecture: 'arm64', minDiskGiB: 5 }], [{ name: null }, { name: 'i', osFamily: 'linux' }],
  ])('properties %j', (properties, shown) => expect(toImage({ ...image, ...properties }, 'R')).toMatchObject(shown));
});

describe('sign-in', () => {
  it.each(['https://c:5000', 'https://c:5000/', 'https://c:5000/v3', 'https://c:5000/v3/', 'https://c:5000/v2.0'])('%s is an auth_url', (url) => expect(authUrlOf(url)).toBe('https://c:5000/v3/auth/tokens'));
  it('keeps a path before the version', () => expect(authUrlOf('https://c/identity/v3')).toBe('https://c/identity/v3/auth/tokens'));

  it('sends no scope with an application credential', () =>
    expect(authOf({ applicationCredentialId: 'a', applicationCredentialSecret: 's', username: 'u', project: 'p' })).toEqual({ auth: { identity: { methods: ['application_credential'], application_credential: { id: 'a', secret: 's' } } } }));

  it('names domains and projects by name or id', () => {
    const scope = (more: Record<string, string>): unknown => (authOf({ username: 'u', password: 'p', ...more }) as { auth: { scope: unknown } }).auth.scope;
    expect(scope({ project: 'web' })).toEqual({ project: { name: 'web', domain: { id: 'default' } } });
    expect(scope({ project: 'web', userDomain: 'Corp' })).toEqual({ project: { name: 'web', domain: { name: 'Corp' } } });
    expect(scope({ project: 'web', projectDomain: 'Lab', userDomain: 'Corp' })).toEqual({ project: { name: 'web', domain: { name: 'Lab' } } });
    expect(scope({ project: 'web', projectId: 'f'.repeat(32) })).toEqual({ project: { id: 'f'.repeat(32) } });
  });

  it.each([[{}, 'username'], [{ username: 'u' }, 'password'], [{ username: 'u', password: 'p' }, 'project'], [{ applicationCredentialId: 'a' }, 'applicationCredentialSecret']])('%j lacks %s', (credential, field) => {
    expect(() => authOf(credential as Record<string, string>)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', detail: { field: `credential.${field}` } }) as unknown as Error);
  });
});

describe('clusters', () => {
  it.each([
    ['CREATE_IN_PROGRESS', 'pending'], ['CREATE_COMPLETE', 'available'], ['UPDATE_IN_PROGRESS', 'pending'], ['UPDATE_FAILED', 'available'], ['CREATE_FAILED', 'failed'], ['DELETE_IN_PROGRESS', 'deleting'], ['DELETE_FAILED', 'failed'], ['ROLLBACK_COMPLETE', 'available'],
  ])('%s is %s', (status, state) => expect(stateOf(status)).toBe(state));

  it('tell why a change failed though they work', () => {
    expect(failureOf({ uuid: 'c', name: 'n', status: 'UPDATE_FAILED', status_reason: 'no host' })).toBe('UPDATE_FAILED: no host');
    expect(failureOf({ uuid: 'c', name: 'n', status: 'UPDATE_COMPLETE', status_reason: 'done' })).toBeUndefined();
  });

  it.each([['v1.26.8-rancher1', '1.26.8'], ['kubernetes-1.27-a', '1.27'], ['latest', undefined], [null, undefined]])('%s tells the version %s', (text, version) => expect(versionIn(text)).toBe(version));

  it('have their versions from the newest, found whole or without the last part', () => {
    const known = ['1.9.1', '1.27', '1.26.8', '1.27.10', '1.27.9'].sort(byAge);
    expect(known).toEqual(['1.27.10', '1.27.9', '1.27', '1.26.8', '1.9.1']);
    expect([versionAmong(known, undefined, 'version'), versionAmong(known, '1.26', 'version'), versionAmong(known, 'v1.27.9', 'version')]).toEqual(['1.27.10', '1.26.8', '1.27.9']);
    expect(() => versionAmong(known, '1.2', 'version')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', detail: expect.objectContaining({ field: 'version' }) as unknown }) as unknown as Error);
    expect(() => versionAmong([], undefined, 'version')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }) as unknown as Error);
  });

  it('carry tags in one label, which is not that of their node groups', () => {
    const tags = { 'mcmp-id': '1', odd: 'a=b&c, d' };
    expect(clusterTags('cluster', { labels: { kube_tag: 'v1', ...tagLabel('cluster', tags) } })).toEqual(tags);
    expect([clusterTags('node-group', { labels: tagLabel('cluster', tags) }), clusterTags('cluster', { labels: null })]).toEqual([{}, {}]);
  });

  it('are left out of a session whose cloud is said to be without Magnum', async () => {
    const lacks = async (without: string): Promise<unknown> => (await driver.connect({ credential: {}, endpoint: 'http://127.0.0.1/v3', options: { without } })).traits.lacks;
    expect([await lacks(''), await lacks('magnum'), await lacks('octavia, magnum')]).toEqual([[], ['cluster', 'node-group'], ['load-balancer', 'cluster', 'node-group']]);
  });
});
