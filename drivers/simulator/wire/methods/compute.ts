import { createHash } from 'node:crypto';
import { z } from 'zod';
import { show } from '../show.js';
import { act, ById, born, byId, given, ids, method, name, region, text } from './method.js';

/** SHA-256 of the key, as OpenSSH prints it. */
const fingerprintOf = (publicKey: string): string => `SHA256:${createHash('sha256').update(Buffer.from(publicKey.trim().split(' ')[1] ?? '', 'base64')).digest('base64').replace(/=+$/, '')}`;
const withVm = z.object({ ...byId, vmId: text });

/** VMs, and what belongs to them. */
export const compute = {
  'key-pair.create': method(z.object({ ...born, publicKey: z.string().max(8192) }), (view, { region: _, publicKey, ...input }, caller) =>
    show(view, view.create('key-pair', { ...given(input), attributes: { publicKey, fingerprint: fingerprintOf(publicKey) } }), caller)),
  'vm.create': method(
    z.object({
      region, names: z.array(name).min(1).max(1000), token: born.token, tags: born.tags, zone: text.optional(), specId: text, imageId: text, networkId: text, subnetId: text, securityGroupIds: z.array(text).max(50), keyPairId: text,
      publicKey: z.string().max(8192).optional(), sshUser: z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i).optional(), rootDiskGiB: z.int().min(1).max(65_536).optional(), userData: z.string().max(65_536).optional(), publicAddress: z.boolean(),
      placementGroupId: text.optional(),
    }),
    (view, { region: _, ...input }, caller) => ({ items: view.createVms(given(input)).map((vm) => show(view, vm, caller)) }),
  ),
  'vm.start': act((view, id) => view.start(id)),
  'vm.stop': act((view, id) => view.stop(id)),
  'vm.reboot': act((view, id) => view.reboot(id)),
  'vm.resize': method(z.object({ ...byId, specId: text }), (view, { id, specId }) => {
    view.resize(id, specId);
    return {};
  }),
  'placement-group.create': method(z.object({ ...born, policy: z.enum(['spread', 'cluster']) }), (view, { region: _, policy, ...input }, caller) =>
    show(view, view.create('placement-group', { ...given(input), attributes: { policy } }), caller)),
  'disk.create': method(z.object({ ...born, sizeGiB: z.int(), zone: text.optional(), type: text.optional(), snapshotId: text.optional() }), (view, { region: _, sizeGiB, zone, type, snapshotId, ...input }, caller) =>
    show(view, view.create('disk', { ...given(input), attributes: given({ sizeGiB, zone, type, snapshotId }) }), caller)),
  'disk.attach': method(withVm, (view, { id, vmId }, caller) => show(view, view.attachDisk(id, vmId), caller)),
  'disk.detach': method(ById, (view, { id }, caller) => show(view, view.detachDisk(id), caller)),
  'disk.resize': method(z.object({ ...byId, sizeGiB: z.int() }), (view, { id, sizeGiB }, caller) => show(view, view.resizeDisk(id, sizeGiB), caller)),
  'snapshot.create': method(z.object({ ...born, diskId: text }), (view, { region: _, diskId, ...input }, caller) =>
    show(view, view.create('snapshot', { ...given(input), attributes: { diskId, sizeGiB: 0 } }), caller)),
  'custom-image.create': method(z.object({ ...born, vmId: text }), (view, { region: _, vmId, ...input }, caller) =>
    show(view, view.create('custom-image', { ...given(input), attributes: { sourceVmId: vmId, architecture: 'amd64', osFamily: '', osVersion: '', sshUser: '', minDiskGiB: 0 } }), caller)),
  'public-ip.create': method(z.object(born), (view, { region: _, ...input }, caller) => show(view, view.create('public-ip', { ...given(input), attributes: { address: '' } }), caller)),
  'public-ip.associate': method(withVm, (view, { id, vmId }, caller) => show(view, view.associate(id, vmId), caller)),
  'public-ip.disassociate': method(ById, (view, { id }, caller) => show(view, view.disassociate(id), caller)),
  'network-interface.create': method(z.object({ ...born, subnetId: text, securityGroupIds: ids, privateIp: text.optional() }), (view, { region: _, subnetId, securityGroupIds, privateIp = '', ...input }, caller) =>
    show(view, view.create('network-interface', { ...given(input), attributes: { networkId: '', subnetId, securityGroupIds, privateIp, macAddress: '' } }), caller)),
  'network-interface.attach': method(withVm, (view, { id, vmId }, caller) => show(view, view.attachInterface(id, vmId), caller)),
  'network-interface.detach': method(ById, (view, { id }, caller) => show(view, view.detachInterface(id), caller)),
};
