import { beforeAll, describe, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { readFileSync } from 'node:fs';
import driver from '../src/index.js';
import { cloudOf } from './clouds-file.js';

/** The conformance kit against the services of an OpenStack: `MCMP_OPENSTACK=clouds.yaml`, and `MCMP_OPENSTACK_CLOUD` where the file has several. */
const manifest = JSON.parse(readFileSync(new URL('../driver.json', import.meta.url), 'utf8')) as Manifest;
const gaps = Object.fromEntries(['set', 'remove'].map((what) => [`tag.${what}-placement-group`, 'Nova lets nobody change a server group, in whose name the tags are']));
const file = process.env.MCMP_OPENSTACK;

if (!file) {
  console.warn('MCMP_OPENSTACK names no clouds.yaml: the conformance kit does not run against an OpenStack here; `.ci/openstack` brings one up.');
  describe.skip('the conformance kit against an OpenStack', () => it('needs MCMP_OPENSTACK', () => undefined));
} else {
  const { region, input } = cloudOf(file, process.env.MCMP_OPENSTACK_CLOUD);
  const place = { region, zone: 'nova', specId: '', otherSpecId: '', imageId: '', sshUser: '', diskGiB: 1 };
  beforeAll(async () => {
    const session = await driver.connect(input);
    const signal = AbortSignal.timeout(60_000);
    const { items: specs } = await session.spec!.list({ region }, signal);
    const { items: images } = await session.image!.list({ region }, signal);
    const [small, next] = specs.sort((a, b) => a.memoryMiB - b.memoryMiB);
    const image = images.find(({ osFamily }) => osFamily === 'cirros') ?? images[0]!;
    Object.assign(place, { specId: small!.id, otherSpecId: next!.id, imageId: image.id, sshUser: image.sshUser });
  }, 120_000);
  describeDriver({
    driver, manifest, connect: () => structuredClone(input), place: () => place, pollMs: 500, timeoutMs: 180_000, runner: { describe, it }, except: gaps,
    broken: { ...input, credential: { ...input.credential, ...(input.credential.password ? { password: 'not the password' } : { applicationCredentialSecret: 'not the secret' }) } },
  });
}
