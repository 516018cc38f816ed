import { WorldError } from '../types.js';
import type { Thing } from '../types.js';
import { publicAddress, refuse, zoneOf } from './rule.js';
import type { Rule } from './rule.js';

const MINUTE = 60_000;
const OPENSSH_LINE = /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-\S+) [A-Za-z0-9+/]{16,}={0,3}( .*)?$/;

const keyPair: Rule<'key-pair'> = {
  check(_step, asked) {
    if (!OPENSSH_LINE.test(asked.publicKey.trim())) refuse('key-pair', 'publicKey', 'the key is no public key in the form of OpenSSH');
    return asked;
  },
};

const disk: Rule<'disk'> = {
  create: 'plain', delete: 'plain',
  claims: ({ sizeGiB }) => [{ measure: 'disk-gib', amount: sizeGiB }],
  check(step, { zone, ...asked }) {
    if (!Number.isInteger(asked.sizeGiB) || asked.sizeGiB < 1 || asked.sizeGiB > 65_536) refuse('disk', 'sizeGiB', 'a disk has 1 to 65536 GiB');
    if (asked.snapshotId !== undefined) {
      const { attributes, state } = step.findStaying('snapshot', asked.snapshotId);
      if (state !== 'available') throw new WorldError('CONFLICT', `the snapshot '${asked.snapshotId}' is ${state}`, { kind: 'snapshot', id: asked.snapshotId });
      if (asked.sizeGiB < attributes.sizeGiB) refuse('disk', 'sizeGiB', `the snapshot '${asked.snapshotId}' has ${attributes.sizeGiB} GiB`);
    }
    const placed = zoneOf(step, zone, 'disk');
    return { ...asked, ...(placed !== undefined && { zone: placed }) };
  },
};

const publicIp: Rule<'public-ip'> = {
  delete: 'plain',
  check: (_step, asked) => asked,
  begin: (step, { attributes }) => void (attributes.address = publicAddress(step)),
  end: (engine, { attributes }) => engine.publicPool.release(attributes.address),
};

const placementGroup: Rule<'placement-group'> = { check: (_step, asked) => asked };

const snapshot: Rule<'snapshot'> = {
  create: [0.5 * MINUTE, 3 * MINUTE], delete: 'plain',
  check(step, asked) {
    if (asked.sourceVmId !== undefined) return { ...asked, sizeGiB: step.find('vm', asked.sourceVmId).attributes.rootDiskGiB };
    const { attributes, state } = step.findStaying('disk', asked.diskId);
    if (state === 'pending') throw new WorldError('CONFLICT', `the disk '${asked.diskId}' is not ready yet`, { kind: 'disk', id: asked.diskId });
    return { ...asked, sizeGiB: attributes.sizeGiB };
  },
};

const STEADY: readonly Thing<'vm'>['state'][] = ['running', 'suspended'];

const customImage: Rule<'custom-image'> = {
  create: [1 * MINUTE, 4 * MINUTE], delete: 'plain',
  check(step, asked) {
    if (asked.snapshotId !== undefined) {
      const { attributes, state } = step.findStaying('snapshot', asked.snapshotId);
      if (state !== 'available') throw new WorldError('CONFLICT', `the snapshot '${asked.snapshotId}' is ${state}`, { kind: 'snapshot', id: asked.snapshotId });
      return { ...asked, minDiskGiB: Math.max(asked.minDiskGiB, attributes.sizeGiB) };
    }
    const vm = step.find('vm', asked.sourceVmId);
    if (!STEADY.includes(vm.state)) throw new WorldError('CONFLICT', `the VM '${vm.id}' is ${vm.state}`, { kind: 'vm', id: vm.id });
    const source = step.imageOf(vm.attributes.imageId);
    return { ...asked, architecture: source?.architecture ?? 'amd64', osFamily: source?.osFamily ?? 'linux', osVersion: source?.osVersion ?? '', sshUser: vm.attributes.sshUser, minDiskGiB: vm.attributes.rootDiskGiB };
  },
};

export const computeRules = { 'key-pair': keyPair, disk, 'public-ip': publicIp, 'placement-group': placementGroup, snapshot, 'custom-image': customImage };
