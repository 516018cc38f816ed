import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { MCIS, Stage } from './stage.js';

let stage: Stage;
let operator: string;

beforeAll(async () => {
  stage = await Stage.start(['aws', 'openstack']);
  const [workspace] = (await stage.get<{ items: { id: string }[] }>('/v1/workspaces')).items;
  const password = 'a-password-for-tests';
  await stage.post('/v1/users', { username: 'mina', password, role: 'operator', workspaceIds: [workspace?.id] });
  operator = String((await stage.server.call('POST', '/v1/auth/token', { token: null, body: { username: 'mina', password } })).body.accessToken);
  await stage.made('hub', [stage.group('aws', 2), stage.group('openstack', 2)]);
});
afterAll(async () => {
  if (stage) {
    await stage.delete('hub');
    await stage.expectNothingLeft();
  }
  await stage?.stop();
});
afterEach(() => stage.box.setFaults());

interface Results { counts: Record<string, number>; groups: { exitCode: number | null; stdout: string; stderr: string; error: string | null; vms: string[] }[] }
const start = (body: object, mci = 'hub') => stage.post(`${mci}/commands`, body);
const run = async (body: object) => {
  const operation = await stage.ended(await start(body));
  return { operation, ...(await stage.get<Results>(`hub/commands/${operation.id}`)) };
};

function hostname(host: string, port: number, username: string, privateKey: string): Promise<string> {
  return new Promise((done, failed) => {
    const client = new ssh2.Client();
    client.on('error', failed).on('ready', () => client.exec('hostname', (error, channel) => {
      if (error) return failed(error);
      let out = '';
      channel.on('data', (chunk: Buffer) => { out += chunk.toString(); }).on('close', () => { client.end(); done(out.trim()); });
    })).connect({ host, port, username, privateKey });
  });
}

describe('the private key', () => {
  it('is given once, to the one who made the MCI, and opens its VMs', async () => {
    expect(await stage.server.call('POST', `${MCIS}/hub/private-key`, { token: operator })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await stage.get('hub')).toMatchObject({ keyDownloadedAt: null });
    const answers = await Promise.all([0, 1].map(() => stage.server.call('POST', `${MCIS}/hub/private-key`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
    const { privateKey, fileName, users } = answers.find(({ status }) => status === 200)?.body as { privateKey: string; fileName: string; users: string[] };
    expect(fileName).toBe('mcmp-hub.pem');
    const vms = await stage.vms('hub');
    expect([...users].sort()).toEqual([...new Set(vms.map(({ ssh }) => ssh?.user))].sort());
    const names = await Promise.all(vms.map(({ ssh }) => hostname(ssh?.host as string, ssh?.port as number, ssh?.user as string, privateKey)));
    expect(new Set(names).size).toBe(4);
    expect(await stage.server.call('POST', `${MCIS}/hub/private-key`)).toMatchObject({ status: 410, body: { code: 'GONE' } });
    const { rows } = await stage.database.query<{ sealed_key: string }>('SELECT sealed_key FROM infra.mci');
    expect(rows[0]?.sealed_key).not.toContain('PRIVATE KEY');
    expect(stage.server.log()).not.toContain('PRIVATE KEY');
  });
});

describe('a command', () => {
  it('runs on all VMs; equal outcomes are grouped', async () => {
    const { operation, counts, groups } = await run({ command: 'echo hello' });
    expect(operation).toMatchObject({ kind: 'mci.command', state: 'succeeded', progress: { done: 4, failed: 0, total: 4 }, message: expect.stringContaining('4 of 4') });
    expect(counts).toEqual({ done: 4 });
    expect(groups).toEqual([expect.objectContaining({ exitCode: 0, stdout: 'hello\n', stderr: '', error: null, vms: ['aws-1', 'aws-2', 'openstack-1', 'openstack-2'] })]);
    expect((await run({ command: 'hostname' })).groups).toHaveLength(4);
  });

  it('runs on the chosen VMs only', async () => {
    expect((await run({ command: 'true', groups: ['aws'], vms: ['openstack-2'] })).groups.flatMap(({ vms }) => vms).sort()).toEqual(['aws-1', 'aws-2', 'openstack-2']);
  });

  it('tells exit codes, and fails where one is not 0', async () => {
    const { operation, groups } = await run({ command: 'cat /nothing', groups: ['openstack'] });
    expect(operation).toMatchObject({ state: 'failed', progress: { done: 0, failed: 2 }, errors: [{ code: 'EXIT_1', count: 2, message: expect.stringContaining('/nothing'), targets: ['openstack-1', 'openstack-2'] }] });
    expect(groups).toEqual([expect.objectContaining({ exitCode: 1, stderr: expect.stringContaining('No such file'), vms: ['openstack-1', 'openstack-2'] })]);
  });

  it('is remembered with its MCI, the newest first, with how it went', async () => {
    const first = await run({ command: 'echo first' });
    const second = await run({ command: 'cat /nothing', groups: ['openstack'] });
    const history = await stage.get<{ items: { operationId: string }[]; nextPageToken: string | null }>('hub/commands?pageSize=2');
    expect(history.items).toEqual([
      expect.objectContaining({ operationId: second.operation.id, command: 'cat /nothing', counts: { done: 2 }, exitCodes: [{ exitCode: 1, count: 2 }] }),
      expect.objectContaining({ operationId: first.operation.id, command: 'echo first', counts: { done: 4 }, exitCodes: [{ exitCode: 0, count: 4 }] }),
    ]);
    const older = await stage.get<typeof history>(`hub/commands?pageSize=2&pageToken=${history.nextPageToken}`);
    expect(older.items.map(({ operationId }) => operationId)).not.toContain(first.operation.id);
    expect(older.items.length).toBeGreaterThan(0);
  });

  it('is ended after its time, and an unreachable VM is told from the others', async () => {
    await stage.database.query(`UPDATE infra.vm SET ssh_port = 1 WHERE name = 'aws-2'`);
    const { operation, counts, groups } = await run({ command: 'sleep 30', timeoutSeconds: 1, groups: ['aws'] });
    await stage.database.query(`UPDATE infra.vm SET ssh_port = 2222 WHERE name = 'aws-2'`);
    expect(operation).toMatchObject({ state: 'failed', progress: { failed: 2 }, errors: [{ code: 'SSH_FAILED', count: 2 }] });
    expect(counts).toEqual({ failed: 2 });
    expect(groups.find(({ vms }) => vms.includes('aws-1'))?.error).toMatch(/did not end within 1 s/);
    expect(groups.find(({ vms }) => vms.includes('aws-2'))?.error).toMatch(/could not connect/);
  });

  it('is cancelled while it runs', async () => {
    const command = await start({ command: 'sleep 60', timeoutSeconds: 120 });
    const path = `hub/commands/${String(command.body.id)}`;
    await stage.until(path, (results: Partial<Results>) => (results.counts?.running ?? 0) === 4);
    expect(await stage.post(`/v1/operations/${String(command.body.id)}/cancel`, undefined)).toMatchObject({ status: 202 });
    expect(await stage.ended(command)).toMatchObject({ state: 'cancelled' });
    expect(await stage.get(path)).toMatchObject({ counts: { cancelled: 4 }, groups: [{ error: 'cancelled while it ran', exitCode: null }] });
  });

  it('is refused where no chosen VM runs, and to who may not', async () => {
    await stage.ended(await stage.post('hub/actions', { action: 'suspend', groups: ['openstack'] }));
    expect(await start({ command: 'true', groups: ['openstack'] })).toMatchObject({ status: 422, body: { code: 'UNPROCESSABLE' } });
    expect((await run({ command: 'true' })).operation).toMatchObject({ progress: { total: 2 } });
    await stage.ended(await stage.post('hub/actions', { action: 'resume', groups: ['openstack'] }));
  });

  it('repeated with its key runs once; its secrets are not logged', async () => {
    const headers = { 'idempotency-key': 'command-1' };
    const [one, two] = await Promise.all([0, 1].map(() => stage.post('hub/commands', { command: 'echo hush-4711' }, headers)));
    expect(one?.body.id).toBe(two?.body.id);
    await stage.ended(String(one?.body.id));
    expect(stage.server.log()).not.toContain('hush-4711');
  });

  it('that a server was killed over is not run twice', async () => {
    const command = await start({ command: 'sleep 60', timeoutSeconds: 120 });
    const path = `hub/commands/${String(command.body.id)}`;
    await stage.until(path, (results: Partial<Results>) => (results.counts?.running ?? 0) === 4);
    await stage.restart('SIGKILL');
    expect(await stage.ended(command)).toMatchObject({ state: 'failed', errors: [{ code: 'SSH_FAILED', count: 4, message: expect.stringContaining('not run twice') }] });
  });

  it('on an MCI that is deleted meanwhile ends too', async () => {
    await stage.made('brief', [stage.group('openstack', 1)]);
    const command = await start({ command: 'sleep 60', timeoutSeconds: 120 }, 'brief');
    await stage.until(`brief/commands/${String(command.body.id)}`, (results: Partial<Results>) => results.counts?.running === 1);
    await stage.delete('brief');
    expect(await stage.ended(command)).toMatchObject({ state: 'failed', errors: [{ code: 'SSH_FAILED', count: 1 }] });
  });
});
