import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Call, Command } from '../command.js';
import type { Flag } from '../flags.js';
import type { Item } from '../columns.js';
import { EXIT, Failure, wrongUsage } from '../failure.js';
import { globOf } from '../glob.js';
import { privateKeyOf, serverFolder } from '../keys.js';
import { VM_COLUMNS } from '../refined.js';
import type { Session } from '../session.js';
import { didYouMean } from '../suggest.js';
import { mciPath } from './mci.js';

/** A VM as the API tells it, with the MCI that it is of. */
interface Vm extends Item { id: string; name: string; mci: string; state: string; region: string; ssh: { host: string; port: number; user: string } | null }

/** VMs of one MCI, or of all of the project. */
async function listVms(session: Session, mci: string | undefined, query: Record<string, string | undefined> = {}, limit = Infinity): Promise<{ items: Vm[]; more: boolean }> {
  const { items, more } = await session.api.pages(mci === undefined ? `${session.projectPath}/vms` : `${mciPath(session, mci)}/vms`, { pageSize: 200, ...query }, limit);
  return { items: items.map((item) => ({ ...(mci !== undefined && { mci }), ...item }) as Vm), more };
}

/** The VM that `NAME`, `MCI/NAME` or an id names. @throws Failure where there is none, or several */
async function findVm(session: Session, named: string, inMci: string | undefined): Promise<Vm> {
  const [first = '', second] = named.split('/');
  const [mci, name] = second === undefined ? [inMci, first] : [first, second];
  if (mci !== undefined) return { ...(await session.api.get(`${mciPath(session, mci)}/vms/${encodeURIComponent(name)}`)), mci } as Vm;
  const { items } = await listVms(session, undefined);
  const found = items.filter((vm) => vm.name === name || vm.id === name);
  const [vm, another] = found;
  if (!vm) throw new Failure(EXIT.notFound, `there is no VM "${name}" in the project "${session.project}"${didYouMean(name, items.map((item) => item.name))}`, ['`mcmp vm list` shows them.']);
  if (another) throw wrongUsage(`several VMs are named "${name}"`, `Say which: ${found.map((item) => `${item.mci}/${item.name}`).join(', ')}`);
  return vm;
}

const IN_MCI: Flag = { name: 'mci', type: 'text', value: 'MCI', description: 'The MCI that it is of', completes: 'mci' };
const VM = { name: '[MCI/]VM', required: true, completes: 'vm' as const };

const list: Command = {
  noun: 'vm', verb: 'list', summary: 'Lists VMs with state, addresses and price, of one MCI or of all.', permission: 'mci:read', operations: ['Mci_vms', 'Vms_list'], arguments: [{ name: 'MCI', required: false, completes: 'mci' }], columns: VM_COLUMNS,
  flags: [
    { name: 'search', type: 'text', value: 'WORDS', description: 'Words of names, addresses, specs, clouds and regions; of all MCIs only' },
    { name: 'group', type: 'text', value: 'NAME', description: 'Name of a group' }, { name: 'state', type: 'text', value: 'STATE', description: 'State, e.g. running' },
    { name: 'region', type: 'text', value: 'REGION', description: 'Region id, or a glob of it', completes: 'region' }, { name: 'cloud', type: 'text', value: 'CLOUD', description: 'The cloud' },
  ],
  examples: ['vm list', 'vm list --search "web seoul"', "vm list web --state running --region 'ap-*'", 'vm list web -o csv --columns name,publicIp'],
  async run({ arguments: [mci], flags, session }) {
    const region = flags.text('region');
    const words = flags.text('search');
    if (words !== undefined && mci !== undefined) throw wrongUsage('--search looks through the VMs of all MCIs', `Leave "${mci}" out, or write it among the words.`);
    const fits = region === undefined ? undefined : globOf(region);
    const { items, more } = await listVms(session, mci, { group: flags.text('group'), state: flags.text('state'), cloud: flags.text('cloud'), q: words, ...(fits === undefined && { region }) }, fits ? Infinity : session.limit);
    const fitting = fits ? items.filter((vm) => fits(vm.region)) : items;
    await session.output.list(fitting.slice(0, session.limit), VM_COLUMNS, { more: more || fitting.length > session.limit });
  },
};

const show: Command = {
  noun: 'vm', verb: 'show', summary: 'Shows a VM by name or id.', permission: 'mci:read', operations: ['Mci_vm'], arguments: [VM], flags: [IN_MCI], examples: ['vm show front-1', 'vm show web/front-1'],
  async run({ arguments: [name = ''], flags, session }) {
    await session.output.thing(await findVm(session, name, flags.text('mci')), VM_COLUMNS);
  },
};

const ssh: Command = {
  noun: 'vm', verb: 'ssh', summary: 'Opens a shell on a VM by the system’s ssh, or runs a command on it.', permission: 'mci:key', operations: ['Mci_vm', 'Mci_privateKey'], arguments: [VM], rest: 'COMMAND',
  about: ['The key of the MCI is fetched once and kept in your config folder (`mcmp help mci key`). Host keys are kept apart from your own, by the id of the VM, so that an address that was another VM’s before is no alarm. The exit code is that of ssh.'],
  flags: [
    IN_MCI, { name: 'user', type: 'text', value: 'NAME', description: 'Another user than the image’s own' }, { name: 'identity', type: 'text', value: 'FILE', description: 'Another private key' },
    { name: 'print', type: 'boolean', description: 'Prints the command line of ssh and runs nothing' },
  ],
  examples: ['vm ssh front-1', 'vm ssh web/front-1 -- uptime', 'vm ssh front-1 --print'],
  run: runSsh,
};

async function runSsh({ arguments: [name = ''], rest, flags, session }: Call): Promise<number> {
  const vm = await findVm(session, name, flags.text('mci'));
  // A suspended VM may keep its address; nobody answers there.
  if (!vm.ssh || vm.state !== 'running') throw new Failure(EXIT.conflict, `SSH can be spoken to running VMs, and ${vm.name} is ${vm.state === 'running' ? 'one without an address' : vm.state}`, vm.state === 'suspended' ? [`mcmp mci resume ${vm.mci} --vm ${vm.name}`] : []);
  const identity = flags.text('identity') ?? (await privateKeyOf(session, vm.mci)).file;
  const folder = serverFolder(session);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const args = [
    '-i', identity, '-l', flags.text('user') ?? vm.ssh.user, '-p', String(vm.ssh.port), '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile="${join(folder, 'known_hosts')}"`, '-o', `HostKeyAlias=${vm.id}`,
    '-o', 'StrictHostKeyChecking=accept-new', '-o', 'ConnectTimeout=30', '-o', 'LogLevel=ERROR', '--', vm.ssh.host, ...(rest.length > 0 ? [rest.join(' ')] : []),
  ];
  if (flags.truth('print')) {
    session.terminal.result(['ssh', ...args].map(quoted).join(' '));
    return EXIT.ok;
  }
  const { spawn } = await import('node:child_process');
  return new Promise((done, failed) => {
    // Ctrl-C is for the shell at the other end.
    process.on('SIGINT', () => undefined);
    const child = spawn('ssh', args, { stdio: 'inherit' });
    child.on('error', (error: NodeJS.ErrnoException) => failed(error.code === 'ENOENT' ? new Failure(EXIT.failed, 'this machine has no ssh program', ['Install OpenSSH (the package openssh-client), or use another client:', `  key ${identity}, user ${vm.ssh?.user}, address ${vm.ssh?.host}, port ${vm.ssh?.port}`]) : error));
    child.on('exit', (code) => done(code ?? EXIT.failed));
  });
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** `mcmp vm …`. */
export const vmCommands: Command[] = [list, show, ssh];
