import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestBox, startBox } from '../support/box.js';
import { ADMIN_PASSWORD, type TestServer, startServer } from '../support/server.js';
import { type Mcmp, openMcmp } from './mcmp.js';

let server: TestServer;
let box: TestBox;
let mcmp: Mcmp;
let yaml: string;

beforeAll(async () => {
  [server, box] = await Promise.all([startServer(), startBox({ timeScale: 0.04, flags: ['--no-throttle'] })]);
  mcmp = openMcmp(server.url);
});
afterAll(async () => {
  mcmp?.end();
  await server?.stop();
  await box?.stop();
});

const file = (name: string, text: string): string => {
  const path = join(mcmp.folder, name);
  writeFileSync(path, text);
  return path;
};
/** Every file under a folder. */
const files = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

describe('logging in', () => {
  it('is asked for first, by its own exit code', async () => {
    const { code, stderr } = await mcmp.run(['mci', 'list']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('mcmp login')]);
  });

  it('refuses a wrong password, and keeps the token of a right one in a file for its owner alone', async () => {
    expect((await mcmp.run(['login', server.url, '-u', 'admin', '--password-stdin'], { input: 'wrong-password-1\n' })).code).toBe(3);
    const { code, stdout, stderr } = await mcmp.run(['login', server.url, '-u', 'admin', '--password-stdin'], { input: `${ADMIN_PASSWORD}\n` });
    expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining(ADMIN_PASSWORD)]);
    const kept = files(mcmp.folder);
    expect(kept.map((path) => statSync(path).mode & 0o777)).toEqual(kept.map(() => 0o600));
    chmodSync(kept[0] as string, 0o644);
    await mcmp.run(['whoami']);
    expect([statSync(kept[0] as string).mode & 0o077, await mcmp.json<{ username: string }>(['whoami'])]).toEqual([0, expect.objectContaining({ username: 'admin' })]);
  });

  it('says when the token has expired, and what to do', async () => {
    const short = await startServer({ MCMP_TOKEN_TTL_SECONDS: '1' });
    const other = openMcmp(short.url);
    await other.run(['login', short.url, '-u', 'admin', '--password-stdin'], { input: ADMIN_PASSWORD });
    await new Promise((done) => setTimeout(done, 2100));
    const { code, stderr } = await other.run(['mci', 'list']);
    other.end();
    await short.stop();
    expect([code, stderr]).toEqual([3, expect.stringMatching(/ended at[\s\S]*mcmp login/)]);
  });
});

describe('an MCI', () => {
  it('stands on a connection whose credential comes by stdin and is never shown', async () => {
    const credential = await box.credential('kt', 'cli');
    const { code, stdout, stderr } = await mcmp.run(['connection', 'create', 'kt', '--driver', 'simulator', '--endpoint', box.wires.plain as string, '--option', 'cloud=kt', '--credential-file', '-', '--watch'], { input: JSON.stringify(credential) });
    expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining(credential.secretKey)]);
    const [spec] = await mcmp.json<{ id: string; region: string }[]>(['spec', 'list', '--vcpu', '2', '--architecture', 'amd64', '--region', 'KR*', '--sort', 'price', '--limit', '1']);
    expect(spec).toMatchObject({ region: expect.stringMatching(/^KR/) });
    yaml = `name: web\ngroups:\n  - name: front\n    size: 3\n    connection: kt\n    region: ${spec?.region}\n    spec: ${spec?.id}\n    image: { osFamily: ubuntu }\n`;
  });

  it('is refused with line and column where a field is wrong, before anything is sent', async () => {
    const wrong = file('wrong.yaml', yaml.replace('    size: 3', '    sise: 3'));
    const { code, stderr } = await mcmp.run(['mci', 'create', '-f', wrong]);
    expect([code, stderr]).toEqual([6, expect.stringMatching(/wrong\.yaml:4:5[\s\S]*sise[\s\S]*size/)]);
  });

  it('is refused where a tab indents it, with what helps', async () => {
    const { code, stderr } = await mcmp.run(['mci', 'create', '-f', file('tab.yaml', 'name: web\ngroups:\n\t- name: front\n')]);
    expect([code, stderr]).toEqual([6, expect.stringMatching(/tab\.yaml:3:1: [\s\S]*indented by spaces/)]);
  });

  it('is planned, made and watched as lines in a pipe, shown, commanded and deleted', async () => {
    const path = file('web.yaml', yaml);
    const plan = await mcmp.run(['mci', 'create', '-f', path, '--dry-run']);
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringMatching(/3 VMs?/)]);
    expect((await mcmp.run(['mci', 'show', 'web'])).code).toBe(4);

    const made = await mcmp.run(['mci', 'create', '-f', path, '--watch']);
    expect([made.code, made.stderr + made.stdout]).toEqual([0, expect.stringContaining('succeeded')]);
    expect(made.stdout + made.stderr).not.toContain('\u001b');
    expect((await mcmp.run(['mci', 'create', '-f', path])).code).toBe(5);

    const vms = await mcmp.json<{ name: string; state: string }[]>(['vm', 'list']);
    expect(vms.map(({ name, state }) => [name, state])).toEqual([['front-1', 'running'], ['front-2', 'running'], ['front-3', 'running']]);
    const table = await mcmp.run(['vm', 'list']);
    expect(table.stdout.split('\n')[0]).toMatch(/^MCI +NAME +STATE/);
    expect((await mcmp.run(['vm', 'list', '-o', 'csv', '--columns', 'name,state'])).stdout).toBe('name,state\nfront-1,running\nfront-2,running\nfront-3,running\n');
    expect((await mcmp.run(['vm', 'list', '-o', 'name'])).stdout.trim().split('\n')).toHaveLength(3);
    expect((await mcmp.run(['vm', 'list', 'web', '--limit', '2', '-o', 'csv', '--columns', 'mci,name'])).stdout).toBe('mci,name\nweb,front-1\nweb,front-2\n');
    expect((await mcmp.run(['vm', 'list', 'none'])).code).toBe(4);
    expect((await mcmp.run(['mci', 'show', 'web', '-o', 'yaml'])).stdout).toMatch(/^name: web$/m);

    const told = await mcmp.run(['mci', 'command', 'web', '--', 'hostname']);
    expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/web-front/)]);

    for (const verb of ['suspend', 'resume', 'reboot']) expect([verb, (await mcmp.run(['mci', verb, 'web', '--watch'])).code]).toEqual([verb, 0]);
    expect((await mcmp.run(['mci', 'scale', 'web', 'front', '1', '--watch'])).code).toBe(0);
    expect(await mcmp.json<object>(['project', 'summary', 'default'])).toMatchObject({ counts: { running: 1 } });

    const deleted = await mcmp.run(['mci', 'delete', 'web', '--watch']);
    expect([deleted.code, (await box.things({ kind: 'vm', cloud: 'kt' })).length]).toEqual([0, 0]);
  });

  it('is watched on while the server is killed and comes back', async () => {
    const slow = file('slow.yaml', yaml.replace('name: web', 'name: slow').replace('size: 3', 'size: 8'));
    const watching = mcmp.run(['mci', 'create', '-f', slow, '--watch', '--timeout', '2m']);
    // Killed once VMs are on their way: the answer with the operation has come by then.
    for (let left = 200; left > 0 && (await mcmp.json<unknown[]>(['vm', 'list', '--state', 'creating'])).length === 0; left -= 1);
    await new Promise((done) => setTimeout(done, 300));
    const port = new URL(server.url).port;
    await server.kill('SIGKILL');
    server = await startServer({ MCMP_PORT: port }, server);
    const { code, stderr, stdout } = await watching;
    expect([code, stderr + stdout]).toEqual([0, expect.stringContaining('succeeded')]);
    expect((await mcmp.run(['mci', 'delete', 'slow', '--yes', '--watch'])).code).toBe(0);
  });
});

describe('the rest', () => {
  it('tells what helps as commands, and a wrong field once', async () => {
    expect((await mcmp.run(['mci', 'show', 'none'])).stderr).toMatch(/no MCI "none"; `mcmp mci list` lists them/);
    const { stderr } = await mcmp.run(['mci', 'create', 'web', '--group', 'name=front,size=1,connection=none,region=KR1,spec=x,os=ubuntu']);
    expect(stderr).toMatch(/groups\[0\]\.connection: .*`mcmp connection list` lists them; `mcmp connection create` makes one/);
    expect(stderr.match(/groups\[0\]/g)).toHaveLength(1);
    expect((await mcmp.run(['mci', 'create', 'web', '--group', 'name=front,size=1,connection=kt,region=KR1,spec=x,os=ubuntu'])).stderr).toMatch(/`mcmp spec list --connection kt --region KR1` lists them/);
  });

  it('sends any request with the login, and gives the answer as it is', async () => {
    expect(JSON.parse((await mcmp.run(['api', 'GET', '/v1/me'])).stdout)).toMatchObject({ username: 'admin' });
    expect((await mcmp.run(['api', 'POST', '/v1/workspaces', '-d', '{"name":"By Hand"}'])).code).toBe(6);
    expect((await mcmp.run(['api', 'GET', '/v1/operations/019a2c00-0000-7000-8000-000000000010'])).code).toBe(4);
  });

  it('lists everything there is to list, as a person and as a script sees it', async () => {
    const { stdout } = await mcmp.run(['help', 'commands']);
    const lists = stdout.trim().split('\n').map((line) => line.trim()).filter((name) => name.endsWith(' list') && !['driver-report list'].includes(name));
    expect(lists.length).toBeGreaterThan(10);
    for (const list of lists) {
      const [table, json] = await Promise.all([mcmp.run(list.split(' ')), mcmp.json<unknown[]>([...list.split(' '), '--limit', '5'])]);
      expect([list, table.code, Array.isArray(json), /undefined|\[object/.test(table.stdout)]).toEqual([list, 0, true, false]);
    }
  });

  it('names the permission that a role lacks', async () => {
    expect((await mcmp.run(['user', 'create', 'vera', '--role', 'viewer', '--workspaces', 'default', '--password-file', '-'], { input: 'a-long-password-1' })).code).toBe(0);
    const vera = openMcmp(server.url);
    await vera.run(['login', server.url, '-u', 'vera', '--password-stdin'], { input: 'a-long-password-1' });
    const { code, stderr } = await vera.run(['workspace', 'create', 'hers']);
    vera.end();
    expect([code, stderr]).toEqual([3, expect.stringContaining('workspace:create')]);
  });

  it('ends quietly where the reader has enough', async () => {
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" dist/mcmp.mjs spec list | head -1; exit "$?"`], { env: { PATH: process.env.PATH, XDG_CONFIG_HOME: mcmp.folder, HOME: mcmp.folder, MCMP_URL: server.url } });
    let said = '';
    child.stderr.on('data', (part: Buffer) => { said += part.toString(); });
    expect(await new Promise((done) => child.on('close', done))).toBe(0);
    expect(said).toBe('');
  });
});
