import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD } from '../support/server.js';
import type { Ended } from './mcmp.js';
import { type Stage, openStage } from './stage.js';

let stage: Stage;
/** What one call tells and a later one takes. */
const known: Record<string, string> = {};

beforeAll(async () => { stage = await openStage(); });
afterAll(() => stage?.end());

/** A command as a person runs it. */
interface Deed {
  command: string;
  /** What stands behind its words. */
  args?: () => string[];
  input?: () => string | Promise<string>;
  says: RegExp;
  /** Where it cannot succeed here: why, and how it ends. */
  refused?: { why: string; code: number };
  /** Runs it in its own way. */
  play?: (words: string[]) => Promise<Ended>;
}

const api = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => (await stage.server.call(method, `/v1/${path}`, { ...(body !== undefined && { body }) })).body;

/** A stream without an end: something is changed once it is open, and Ctrl-C ends it when the change was told. */
const streamed = (change: () => Promise<unknown>, told: RegExp) => async (words: string[]): Promise<Ended> => {
  const stream = stage.mcmp.begin([...words, '--debug', '--timeout', '60s']);
  await stream.said(/→ 200/);
  await change();
  await stream.said(told);
  stream.process.kill('SIGINT');
  return stream.ended;
};

/** An operation that cannot end by itself, since the cloud makes no VM, is told to end. */
async function cancelled(words: string[]): Promise<Ended> {
  await stage.box.setFaults([{ method: 'vm.create', effect: { type: 'error', code: 'UNAVAILABLE' } }]);
  const { id } = await stage.mcmp.json<{ id: string }>(['mci', 'create', 'never', '-f', stage.pathOf('web.yaml')]);
  const ended = await stage.mcmp.run([...words, id]);
  await stage.box.setFaults();
  await stage.mcmp.run(['operation', 'watch', id]);
  return ended;
}

/** The youngest operation of a kind. */
const newest = async (kind: string): Promise<string> => (await stage.mcmp.json<{ id: string }[]>(['operation', 'list', '--kind', kind, '--limit', '1']))[0]?.id as string;

/** Every command, in the order of a day. */
const DEEDS: Deed[] = [
  { command: 'schema', args: () => ['mci'], says: /"\$schema"/ },
  { command: 'completion', args: () => ['bash'], says: /complete -F _mcmp mcmp/ },
  { command: 'login', args: () => [stage.server.url, '--username', 'admin', '--password-stdin', '--profile', 'work'], input: () => `${ADMIN_PASSWORD}\n`, says: /Logged in at http\S+ as admin/ },
  { command: 'profile use', args: () => ['work'], says: /"work" is used from now on/ },
  { command: 'profile set', args: () => ['play', '--url', 'http://127.0.0.1:9', '--project', 'shop'], says: /"play" kept/ },
  { command: 'profile list', says: /^NAME[\s\S]*work +yes[\s\S]*play +no/ },
  { command: 'profile show', args: () => ['play'], says: /project +shop/ },
  { command: 'profile delete', args: () => ['play'], says: /"play" deleted/ },
  { command: 'whoami', says: /username +admin/ },
  { command: 'api', args: () => ['GET', '/v1/me'], says: /"username": "admin"/ },
  { command: 'server live', says: /status +ok/ },
  { command: 'server ready', says: /status +ok/ },
  { command: 'server metrics', says: /^# HELP/ },
  { command: 'platform health', says: /state +\w+/ },
  { command: 'workspace create', args: () => ['retail'], says: /workspace retail: create done/ },
  { command: 'workspace list', says: /^NAME[\s\S]*retail/ },
  { command: 'project create', args: () => ['shop', '--workspace', 'retail'], says: /project shop: create done/ },
  { command: 'project list', says: /^NAME[\s\S]*shop/ },
  { command: 'project show', args: () => ['shop'], says: /name +shop/ },
  { command: 'user create', args: () => ['mina', '--role', 'operator', '--workspaces', 'retail', '--password-file', '-'], input: () => 'a-long-password-1', says: /user mina: create done/ },
  { command: 'user list', says: /mina +operator/ },
  { command: 'user me', says: /username +admin/ },

  { command: 'simulated-cloud list', says: /^CLOUD[\s\S]*kt/ },
  { command: 'simulated-cloud connect', args: () => ['--workspace', 'retail'], says: /kt/ },
  { command: 'connection create', args: () => ['kt', '--driver', 'simulator', '--endpoint', stage.box.wires.plain as string, '--option', 'cloud=kt', '--workspace', 'default', '--credential-file', '-', '--watch'], input: async () => JSON.stringify(await stage.box.credential('kt', 'commands')), says: /Connection kt made[\s\S]*succeeded/ },
  { command: 'connection list', says: /^NAME[\s\S]*kt/ },
  { command: 'connection show', args: () => ['kt'], says: /name +kt\n/ },
  { command: 'connection verify', args: () => ['kt'], says: /kt: verify done/ },
  { command: 'connection regions', args: () => ['kt'], says: /^ID[\s\S]*KR/ },
  { command: 'connection quotas', args: () => ['kt', '--region', 'KR*', '--limit', '3'], says: /^REGION +NAME +LIMIT/ },
  { command: 'connection budget', args: () => ['kt'], says: /connection +kt[\s\S]*BY WORKSPACE[\s\S]*\bdefault \d+/ },
  { command: 'connection call', args: () => ['kt', '--method', 'region.list', '--request', '{}'], says: /tookMs/ },
  { command: 'connection sync', args: () => ['kt', '--what', 'price', '--watch'], says: /succeeded/ },
  { command: 'connection update', args: () => ['kt', '--name', 'korea'], says: /Connection korea changed/ },
  { command: 'region list', args: () => ['--connection', 'korea'], says: /^ID[\s\S]*KR/ },
  { command: 'image list', args: () => ['--connection', 'korea', '--os-family', 'ubuntu'], says: /^NAME[\s\S]*ubuntu/ },
  { command: 'spec list', args: () => ['--connection', 'korea', '--vcpu', '2', '--architecture', 'amd64', '--region', 'KR*', '--sort', 'price'], says: /^ID[\s\S]*korea/ },
  { command: 'spec prices', args: () => ['korea', known.region as string, known.spec as string], says: /^SEEN AT/ },

  { command: 'mci plan', args: () => ['-f', stage.pathOf('web.yaml')], says: /2 VMs?/ },
  { command: 'mci create', args: () => ['-f', stage.pathOf('web.yaml'), '--watch'], says: /succeeded/ },
  { command: 'operation parts', args: () => [known.create as string], says: /front-1 +done/ },
  { command: 'mci list', says: /^NAME[\s\S]*web +running/ },
  { command: 'mci show', args: () => ['web'], says: /name +web\n[\s\S]*front/ },
  { command: 'vm list', args: () => ['--search', 'WEB front', '--state', 'running'], says: /^MCI[^\n]*\nweb +front-1 +running[^\n]*\nweb +front-2 +running/ },
  { command: 'vm show', args: () => ['front-1'], says: /state +running/ },
  { command: 'mci key', args: () => ['web'], says: /The key is in \S+\.pem/ },
  { command: 'vm ssh', args: () => ['web/front-1', '--print'], says: /^ssh -i \S+\.pem -l \w+ -p \d+ .* -- 127\.[\d.]+$/m },
  { command: 'mci command', args: () => ['web', '--', 'hostname'], says: /web-front-1/ },
  { command: 'mci history', args: () => ['web'], says: /hostname/ },
  { command: 'mci results', args: () => ['web', known.command as string], says: /exit code 0/ },
  { command: 'project events', args: () => ['default'], play: streamed(() => stage.mcmp.run(['mci', 'suspend', 'web', '--vm', 'front-2']), /front-2 {2}susp/), says: /operation\.changed/, refused: { why: 'it has no end but Ctrl-C', code: 130 } },
  { command: 'mci suspend', args: () => ['web', '--watch'], says: /succeeded/ },
  { command: 'mci resume', args: () => ['web', '--watch'], says: /succeeded/ },
  { command: 'mci reboot', args: () => ['web', '--group', 'front', '--watch'], says: /succeeded/ },
  { command: 'mci scale', args: () => ['web', 'front', '1', '--watch'], says: /succeeded/ },
  { command: 'mci refine', args: () => ['web', '--watch'], says: /No VM of web has failed/ },
  { command: 'project summary', says: /running=1/ },
  { command: 'operation list', args: () => ['--kind', 'mci.create'], says: /mci\.create +web +succeeded/ },
  { command: 'operation show', args: () => [known.create as string], says: /kind +mci\.create/ },
  { command: 'operation watch', args: () => [known.create as string], says: /succeeded/ },
  { command: 'operation logs', args: () => [known.create as string], says: /vm\.create/ },
  { command: 'operation events', args: () => [known.create as string], says: /operation\.changed {2}mci\.create {2}succeeded/ },
  { command: 'operation cancel', play: cancelled, says: /mci\.create of never: (cancelling|cancelled)/ },
  { command: 'mci terminate', args: () => ['web', '--yes', '--watch'], says: /succeeded/ },
  { command: 'mci delete', args: () => ['web', '--yes', '--watch'], says: /succeeded/ },

  { command: 'driver-key create', args: () => ['Ours', '--public-key', stage.publicKey], says: /driver-key \w+: create done/ },
  { command: 'driver-key list', says: /Ours/ },
  { command: 'driver upload', args: () => [stage.pathOf('tiny.mcmp')], says: /driver tiny: upload done/ },
  { command: 'driver list', says: /tiny +1\.0\.0 +ready/ },
  { command: 'driver show', args: () => ['tiny'], says: /version +1\.0\.0/ },
  { command: 'driver-report create', args: () => ['tiny', '--report', `@${stage.pathOf('report.json')}`], says: /create done/ },
  { command: 'driver-report list', args: () => ['tiny'], says: /contract-wire/ },
  { command: 'driver-report show', args: () => ['tiny', known.report as string], says: /account\.verify/ },
  { command: 'driver grade', args: () => ['tiny'], says: /letter +\w[\s\S]*account +\S+ +\S+ +contract-wire \d+ of \d+ \(claimed\)/ },
  { command: 'driver-repository create', args: () => ['place', stage.shelf.url], says: /driver-repository place: create done/ },
  { command: 'driver-repository list', says: /place +static +ready/ },
  { command: 'driver-repository show', args: () => ['place'], says: /hasToken +no/ },
  { command: 'driver-repository update', args: () => ['place', '--name', 'ours'], says: /driver-repository ours: update done/ },
  { command: 'driver-repository search', args: () => ['smallness'], says: /tiny +ours[\s\S]*1\.2\.0,1\.1\.0/ },
  { command: 'driver install', args: () => ['tiny', '--range', '~1.1', '--repository', 'ours'], says: /driver tiny: install done/ },
  { command: 'driver updates', args: () => ['tiny'], says: /1\.2\.0 +ours/ },
  { command: 'driver pin', args: () => ['tiny', '^1.0'], says: /driver tiny: pin done/ },
  { command: 'driver rollback', args: () => ['tiny'], says: /driver tiny: rollback done/ },
  { command: 'driver activate', args: () => ['tiny', '1.1.0'], says: /driver tiny: activate done/ },
  { command: 'driver delete-version', args: () => ['tiny', '1.0.0', '--yes'], says: /Driver version tiny 1\.0\.0 deleted/ },
  { command: 'driver deactivate', args: () => ['tiny'], says: /driver tiny: deactivate done/ },
  { command: 'driver audit', args: () => ['tiny'], says: /deactivated[\s\S]*installed/ },
  { command: 'driver functions', args: () => ['teller'], says: /fortune +Tells a fortune +yes/ },
  { command: 'driver run', args: () => ['teller', 'fortune', '--connection', 'crystal', '--region', 'here', '--input', '{"stars":[1,2]}'], says: /luck/ },
  { command: 'event follow', play: streamed(() => stage.mcmp.run(['connection', 'update', 'crystal', '--name', 'ball']), /ball/), says: /connection\.\w+ {2}ball/, refused: { why: 'it has no end but Ctrl-C', code: 130 } },
  { command: 'connection delete', args: () => ['ball', '--yes'], says: /Connection ball deleted/ },
  { command: 'driver delete', args: () => ['tiny', '--yes'], says: /Driver tiny deleted/ },
  { command: 'driver-repository delete', args: () => ['ours', '--yes'], says: /Repository ours deleted/ },
  { command: 'driver-key delete', args: () => [known.key as string, '--yes'], says: /Key \w+ deleted/ },
  { command: 'logout', says: /Logged out/ },
];

/** What has to be known or made before a command. */
const BEFORE: Record<string, () => Promise<unknown>> = {
  'spec prices': async () => { [{ id: known.spec, region: known.region }] = (await stage.mcmp.json<[{ id: string; region: string }]>(['spec', 'list', '--connection', 'korea', '--vcpu', '2', '--architecture', 'amd64', '--region', 'KR*', '--limit', '1'])); },
  'mci plan': async () => stage.file('web.yaml', `name: web\ngroups:\n  - name: front\n    size: 2\n    connection: korea\n    region: ${known.region}\n    spec: ${known.spec}\n    image: { osFamily: ubuntu }\n`),
  'mci results': async () => { known.command = await newest('mci.command'); },
  'mci resume': async () => expect(await stage.mcmp.run(['vm', 'ssh', 'web/front-1', '--', 'true'])).toMatchObject({ code: 5, stderr: expect.stringContaining('mcmp mci resume web --vm front-1') }),
  'operation parts': async () => { known.create = await newest('mci.create'); },
  'driver-report show': async () => { [{ id: known.report }] = await stage.mcmp.json<[{ id: string }]>(['driver-report', 'list', 'tiny']); },
  'driver functions': async () => {
    await stage.mcmp.run(['driver', 'upload', stage.pathOf('teller.mcmp'), '--allow-unsigned']);
    [{ id: known.workspace }] = await stage.mcmp.json<[{ id: string }]>(['workspace', 'list']);
    await api('POST', 'connections', { name: 'crystal', driver: 'teller', workspaceId: known.workspace, credential: { key: 'glass-ball' }, sync: false });
  },
  'driver-key delete': async () => { [{ keyId: known.key }] = await stage.mcmp.json<[{ keyId: string }]>(['driver-key', 'list']); },
};

describe('every command', () => {
  it('is among these, each once', async () => {
    const { stdout } = await stage.mcmp.run(['help', 'commands']);
    expect(DEEDS.map(({ command }) => command).sort()).toEqual(stdout.trim().split('\n').map((line) => line.trim()));
  });

  it.each(DEEDS.map((deed) => [deed.refused ? `mcmp ${deed.command} (${deed.refused.why})` : `mcmp ${deed.command}`, deed] as const))('%s', async (_title, { command, args, input, says, refused, play }) => {
    await BEFORE[command]?.();
    const words = [...command.split(' '), ...(args?.() ?? [])];
    const { code, stdout, stderr } = play ? await play(words) : await stage.mcmp.run(words, { input: (await input?.()) ?? '' });
    expect([words.join(' '), code, stdout + stderr]).toEqual([words.join(' '), refused?.code ?? 0, expect.stringMatching(says)]);
    expect(stdout + stderr).not.toMatch(/undefined|\[object|nobody foresaw/);
  });
});
