import { answers, KINDS, looks, lost, methods, onlyOnce, refusals } from './alter.js';
import type { Call, Row, WrongDriver } from './alter.js';

const noop = (): Call => async () => undefined;
const tagged = (what: string): string[] => KINDS.map((kind) => `tag.${what}-${kind}`);

/** Wrong VMs, disks, addresses and tags. */
export const wrongMachines: WrongDriver[] = [
  methods('a batch in another order', ['vm.create'], ['vm.batch'], (original) => async (request, signal) => ({ items: ((await original(request, signal)) as { items: Row[] }).items.reverse() })),
  answers('VMs of another image', 'vm.get', ['vm.asked'], (row) => ({ ...row, imageId: 'img-other' })),
  answers('VMs without their groups', 'vm.get', ['vm.ties'], (row) => ({ ...row, securityGroupIds: [] })),
  methods('VMs that stand still after create', ['vm.start', 'vm.get'], ['vm.running'], (original, box, name) => async (request, signal) => {
    const started = (box.cloud as unknown as { started?: boolean });
    if (name === 'vm.start') started.started = true;
    const vm = (await original(request, signal)) as Row | undefined;
    return vm?.state === 'running' && !started.started ? { ...vm, state: 'suspended' } : vm;
  }),
  answers('VMs that are never ready', 'vm.get', ['vm.create', 'vm.name', ...lost(['vm'])], (row) => (row.state === 'running' ? { ...row, state: 'creating' } : row)),
  answers('an address outside the subnet', 'vm.get', ['vm.private-address'], (row) => ({ ...row, privateIp: '192.0.2.1' })),
  answers('no public address', 'vm.get', ['vm.public-address'], ({ publicIp: _, ...row }) => row),
  refusals('a small spec instead of an unknown one', 'vm.create', 'INVALID_REQUEST', ['vm.unknown-spec'], (error, request, original, signal) =>
    request.specId === 'no-such.spec' ? original({ ...request, specId: 'm1.small' }, signal) : Promise.reject(error)),
  refusals('half a batch, then the refusal', 'vm.create', 'INVALID_REQUEST', ['vm.unknown-image', 'vm.unknown-spec'], async (error, request, original, signal) => {
    const { names } = request as { names: string[] };
    if (names.length === 2) await original({ ...request, names: names.slice(0, 1), specId: 'm1.small', imageId: 'img-debian-13-amd64' }, signal);
    throw error;
  }),
  refusals('a subnet of its own choice', 'vm.create', 'NOT_FOUND', ['vm.unknown-subnet'], async (_error, request, original, signal, groups) =>
    original({ ...request, subnetId: (await groups.subnet.list({ region: request.region as string }, signal)).items[0]?.id }, signal)),
  methods('a batch that is cut in silence', ['vm.create'], ['vm.batch-too-big'], (original) => (request, signal) => original({ ...request, names: (request.names as string[]).slice(0, 4) }, signal)),
  refusals('an action on a VM that is not there', 'vm.start', 'NOT_FOUND', ['vm.start-unknown'], () => undefined),
  methods('a stop that does nothing', ['vm.stop'], ['vm.stop'], noop),
  onlyOnce('a stop that works once', 'vm.stop', 'vm.stop-again', (vm) => vm.state === 'suspended'),
  methods('a resize that does nothing', ['vm.resize'], ['vm.resize'], noop),
  looks('a start that only looks', 'vm.start', ['vm.start']),
  onlyOnce('a start that works once', 'vm.start', 'vm.start-again', (vm) => vm.state === 'running'),
  methods('a reboot that stops', ['vm.reboot'], ['vm.reboot'], (_original, _box, _name, groups) => (request, signal) => groups.vm.stop(request as { region: string; id: string }, signal)),
  answers('a disk of another size', 'disk.get', ['disk.size', 'disk.resize'], (row) => ({ ...row, sizeGiB: 1 })),
  looks('an attach that only looks', 'disk.attach', ['disk.attach']),
  onlyOnce('an attach that works once', 'disk.attach', 'disk.attach-again', (disk, { vmId }) => disk.vmId === vmId),
  looks('a detach that only looks', 'disk.detach', ['disk.detach']),
  onlyOnce('a detach that works once', 'disk.detach', 'disk.detach-again', (disk) => disk.vmId === undefined),
  looks('a disk that does not grow', 'disk.resize', ['disk.resize']),
  answers('an address that is none', 'public-ip.get', ['public-ip.address'], (row) => ({ ...row, address: 'soon' })),
  looks('an address that goes nowhere', 'public-ip.associate', ['public-ip.associate']),
  onlyOnce('an address that is tied once', 'public-ip.associate', 'public-ip.associate-again', (row, { vmId }) => row.vmId === vmId),
  looks('an address that stays', 'public-ip.disassociate', ['public-ip.disassociate']),
  onlyOnce('an address that is freed once', 'public-ip.disassociate', 'public-ip.disassociate-again', (row) => row.vmId === undefined),
  methods('tags that replace all others', ['tag.set'], [...tagged('set'), ...tagged('remove'), 'tag.name'], (original, _box, _name, groups) => async (request, signal) => {
    const { region, kind, id, clusterId } = request as { region: string; kind: 'vm'; id: string; clusterId?: string };
    const key = { region, id, ...(clusterId !== undefined && { clusterId }) };
    const { tags } = await groups[kind].get(key, signal);
    await groups.tag.remove({ ...key, kind, keys: Object.keys(tags) }, signal);
    return original(request, signal);
  }),
  methods('tags that cannot be removed', ['tag.remove'], tagged('remove'), noop),
  methods('another name than was asked', ['tag.set'], ['tag.name'], (original) => (request, signal) => original({ ...request, ...(request.name !== undefined && { name: 'own-name' }) }, signal)),
  refusals('tags of nothing', 'tag.set', 'NOT_FOUND', ['tag.unknown', 'tag.unknown-cluster'], () => undefined),
];
