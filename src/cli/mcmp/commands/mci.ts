import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Call, Command } from '../command.js';
import type { Flag } from '../flags.js';
import { EXIT, Failure, wrongUsage } from '../failure.js';
import { begun, watched } from '../following.js';
import { confirm } from '../generic.js';
import { privateKeyOf, writeKey } from '../keys.js';
import type { OperationItem } from '../operation.js';
import type { Session } from '../session.js';
import { oneLine } from '../width.js';

const MCI = { name: 'MCI', required: true, completes: 'mci' as const };
const SELECTION: Flag[] = [
  { name: 'group', type: 'list', commas: true, value: 'LIST', description: 'Only these groups' },
  { name: 'vm', type: 'list', commas: true, value: 'LIST', description: 'Only these VMs, by name or id' },
];
const WATCH: Flag = { name: 'watch', short: 'w', type: 'boolean', description: 'Follow it to its end' };

/** Path of an MCI of the project. */
export const mciPath = ({ projectPath }: Session, mci: string): string => `${projectPath}/mcis/${encodeURIComponent(mci)}`;

function selection({ flags }: Call): Record<string, string[]> {
  return { ...(flags.list('group').length > 0 && { groups: flags.list('group') }), ...(flags.list('vm').length > 0 && { vms: flags.list('vm') }) };
}

const ask = async (session: Session, path: string, body: unknown): Promise<OperationItem> => await session.api.json('POST', path, { body, headers: { 'Idempotency-Key': randomUUID() } }) as OperationItem;

/** Suspend, resume, reboot, terminate: the same request with another word. */
const actions: Command[] = [
  ['suspend', 'Suspends all VMs, or the chosen groups and VMs; their disks stay, and their price.'],
  ['resume', 'Resumes suspended VMs.'],
  ['reboot', 'Reboots all VMs, or the chosen groups and VMs.'],
  ['terminate', 'Terminates all VMs, or the chosen groups and VMs; the MCI stays.'],
].map(([verb = '', summary = '']): Command => ({
  noun: 'mci', verb, summary, permission: 'mci:update', operations: ['Mci_act'], arguments: [MCI], examples: [`mci ${verb} web --watch`, `mci ${verb} web --group front`],
  flags: [...SELECTION, WATCH, ...(verb === 'terminate' ? [{ name: 'yes', short: 'y', type: 'boolean' as const, description: 'Do not ask back' }] : [])],
  async run(call) {
    const { arguments: [mci = ''], session, flags } = call;
    const chosen = selection(call);
    if (verb === 'terminate') await confirm(session, { confirm: () => `This terminates ${Object.keys(chosen).length > 0 ? 'the chosen VMs' : 'all VMs'} of the MCI "${mci}".` }, [mci], flags.truth('yes') ?? false);
    return begun(session, await ask(session, `${mciPath(session, mci)}/actions`, { action: verb, ...chosen }), flags.truth('watch') ?? false);
  },
}));

const refine: Command = {
  noun: 'mci', verb: 'refine', summary: 'Drops the VMs that failed, so that the MCI holds only what works.', permission: 'mci:update', operations: ['Mci_act'], arguments: [MCI], flags: [WATCH], examples: ['mci refine web --watch'],
  async run({ arguments: [mci = ''], session, flags }) {
    const { items } = await session.api.pages(`${mciPath(session, mci)}/vms`, { pageSize: 200, state: 'failed' });
    if (items.length === 0) return void session.output.done(`No VM of ${mci} has failed: there is nothing to drop.`);
    return begun(session, await ask(session, `${mciPath(session, mci)}/actions`, { action: 'terminate', vms: items.map(({ id }) => id) }), flags.truth('watch') ?? false);
  },
};

interface Results { groups: { exitCode: number | null; stdout: string; stderr: string; error: string | null; truncated: boolean; vms: string[] }[] }

/** Outputs of a command, VMs with equal outcome together. @returns whether it went well on all */
async function showResults(session: Session, path: string): Promise<boolean> {
  const results = await session.api.get<Results & Record<string, unknown>>(path);
  const good = results.groups.every(({ exitCode }) => exitCode === 0);
  if (!session.output.forPeople) {
    await session.output.thing(results);
    return good;
  }
  const { terminal } = session;
  for (const { exitCode, stdout, stderr, error, truncated, vms } of results.groups) {
    const names = vms.length > 8 ? `${vms.slice(0, 8).join(', ')} and ${vms.length - 8} more` : vms.join(', ');
    terminal.result(terminal.paint(exitCode === 0 ? 'green' : 'red', `── ${vms.length} VM${vms.length === 1 ? '' : 's'}, ${error === null ? `exit code ${exitCode}` : oneLine(error)}: ${names}`));
    for (const text of [stdout, stderr]) if (text !== '') terminal.result(text.split('\n').map(oneLine).join('\n'));
    if (truncated) terminal.note('(the output was longer and is cut)');
  }
  return good;
}

const command: Command = {
  noun: 'mci', verb: 'command', summary: 'Runs a command over SSH on all running VMs, or the chosen ones, and shows what they answer.', permission: 'mci:command', operations: ['Mci_command'], arguments: [MCI], rest: 'COMMAND',
  about: ['VMs that answer the same are shown together. The exit code is 1 where the command failed on some.'],
  flags: [...SELECTION, { name: 'timeout-seconds', type: 'number', value: 'N', default: '60', description: 'Longest time on one VM' }, { name: 'detach', type: 'boolean', description: 'Do not wait for the answers: `mcmp mci results` shows them later' }],
  examples: ['mci command web -- uname -a', "mci command web --group front -- 'df -h / | tail -1'"],
  async run(call) {
    const { arguments: [mci = ''], rest, session, flags } = call;
    if (rest.length === 0) throw wrongUsage('the command is missing: it stands behind --', `mcmp mci command ${mci} -- uname -a`);
    const timeoutSeconds = flags.number('timeout-seconds');
    const operation = await ask(session, `${mciPath(session, mci)}/commands`, { command: rest.join(' '), ...(timeoutSeconds !== undefined && { timeoutSeconds }), ...selection(call) });
    if (flags.truth('detach')) {
      const code = await begun(session, operation, false);
      session.terminal.note(`Its answers: mcmp mci results ${mci} ${operation.id}`);
      return code;
    }
    const ended = await watched(session, operation.id, operation, true);
    const good = await showResults(session, `${mciPath(session, mci)}/commands/${operation.id}`);
    return good && ended.state === 'succeeded' ? EXIT.ok : EXIT.failed;
  },
};

const results: Command = {
  noun: 'mci', verb: 'results', summary: 'Shows what a command gave, VMs with equal outcome together.', permission: 'mci:read', operations: ['Mci_commandResults'], arguments: [MCI, { name: 'OPERATION', required: true, completes: 'operation' }], flags: [], examples: ['mci results web 019a2c00-0000-7000-8000-000000000021'],
  async run({ arguments: [mci = '', operation = ''], session }) {
    return (await showResults(session, `${mciPath(session, mci)}/commands/${encodeURIComponent(operation)}`)) ? EXIT.ok : EXIT.failed;
  },
};

const key: Command = {
  noun: 'mci', verb: 'key', summary: 'Fetches the private key of the VMs into a file that only you may read.', permission: 'mci:key', operations: ['Mci_privateKey'], arguments: [MCI],
  about: ['The server gives it once, to the one who made the MCI. It is kept in your config folder, where `mcmp vm ssh` finds it, and never shown.'],
  flags: [{ name: 'to', type: 'text', value: 'FILE', description: 'Another file beside it, which must not be there yet' }], examples: ['mci key web', 'mci key web --to web.pem'],
  async run({ arguments: [mci = ''], session, flags }) {
    const to = flags.text('to');
    const file = to === undefined ? undefined : isAbsolute(to) ? to : resolve(to);
    if (file !== undefined && existsSync(file)) throw new Failure(EXIT.conflict, `${to} is there already, and a key is not written over a file`);
    const kept = await privateKeyOf(session, mci);
    if (file !== undefined) writeKey(file, kept.text());
    if (session.output.forPeople) session.output.done(`The key is in ${file ?? kept.file}`);
    else await session.output.thing({ name: file ?? kept.file, file: file ?? kept.file });
  },
};

/** `mcmp mci …` beside what the open API gives as it is. */
export const mciCommands: Command[] = [...actions, refine, command, results, key];
