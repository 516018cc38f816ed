import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { ADMIN_PASSWORD, startServer } from '../support/server.js';
import { MCIS, Stage } from './stage.js';

let stage: Stage;
let operator: string;
let outsider: string;
let viewer: string;

beforeAll(async () => {
  stage = await Stage.start(['aws'], { environment: { MCMP_TERMINAL_IDLE_SECONDS: '3', MCMP_TERMINALS_MAX: '3', MCMP_LOG_LEVEL: 'info' } });
  const [workspace] = (await stage.get<{ items: { id: string }[] }>('/v1/workspaces')).items;
  const user = async (username: string, role: string, workspaceIds: unknown[]): Promise<string> => {
    const password = 'a-password-for-tests';
    await stage.post('/v1/users', { username, password, role, workspaceIds });
    return String((await stage.server.call('POST', '/v1/auth/token', { token: null, body: { username, password } })).body.accessToken);
  };
  const other = (await stage.post('/v1/workspaces', { name: 'other' })).body.id;
  [operator, viewer, outsider] = await Promise.all([user('mina', 'operator', [workspace?.id]), user('vera', 'viewer', [workspace?.id]), user('otto', 'operator', [other])]) as [string, string, string];
  await stage.made('hub', [stage.group('aws', 2)]);
});
afterAll(async () => {
  await stage?.delete('hub');
  await stage?.stop();
});

interface Opened { socket: WebSocket; text(): string; messages: Record<string, unknown>[]; closed: Promise<{ code: number; reason: string }>; type(text: string): void; until(pattern: RegExp): Promise<string>; told(type: string): Promise<Record<string, unknown>> }

const address = (vm = 'aws-1', mci = 'hub'): string => `${stage.server.url.replace('http', 'ws')}${MCIS}/${mci}/vms/${vm}/terminal?cols=100&rows=30`;
const wait = async <T>(look: () => T | undefined, what: () => string): Promise<T> => {
  for (const limit = Date.now() + 15_000; Date.now() < limit; await new Promise((done) => setTimeout(done, 20))) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`not seen: ${what()}`);
};

/** Opens a terminal, or gives the status and problem with which it is refused. */
function open(url: string, options: { token?: string | null; headers?: Record<string, string>; protocols?: string[] } = {}): Promise<Opened | { status: number; body: Record<string, unknown> }> {
  const { token = operator } = options;
  const socket = new WebSocket(url, options.protocols ?? ['mcmp.terminal'], { headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...options.headers } });
  let text = '';
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) text += data.toString();
    else messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
  });
  const closed = new Promise<{ code: number; reason: string }>((done) => socket.on('close', (code: number, reason: Buffer) => done({ code, reason: reason.toString() })));
  const opened: Opened = {
    socket, messages, closed, text: () => text, type: (typed) => socket.send(Buffer.from(typed)),
    until: (pattern) => wait(() => pattern.exec(text)?.[0], () => `${String(pattern)} in ${JSON.stringify(text)} ${JSON.stringify(messages)}`),
    told: (type) => wait(() => messages.find((message) => message.type === type), () => `${type} in ${JSON.stringify(messages)}`),
  };
  return new Promise((done, failed) => {
    socket.on('open', () => done(opened));
    socket.on('unexpected-response', (_request: unknown, response: import('node:http').IncomingMessage) => {
      let body = '';
      response.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => done({ status: response.statusCode as number, body: JSON.parse(body) as Record<string, unknown> }));
    });
    socket.on('error', failed);
  });
}
const shell = async (...args: Parameters<typeof open>): Promise<Opened> => {
  const opened = await open(...args);
  if (!('socket' in opened)) throw new Error(`refused: ${JSON.stringify(opened)}`);
  return opened;
};
async function session(username = 'mina', password = 'a-password-for-tests'): Promise<{ cookie: string; csrf: string }> {
  const answer = await stage.server.call('POST', '/v1/auth/session', { token: null, body: { username, password } });
  return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] as string, csrf: String(answer.body.csrfToken) };
}

describe('a terminal', () => {
  it('is a shell on the VM that was asked for, by the user of its image', async () => {
    const terminal = await shell(address('aws-2'));
    expect(terminal.socket.protocol).toBe('mcmp.terminal');
    await terminal.until(/\$ /);
    const vm = (await stage.vms('hub')).find(({ name }) => name === 'aws-2');
    terminal.type('hostname -I\r');
    await terminal.until(new RegExp(`\n${String(vm?.privateIp)}\r\n`));
    terminal.type('whoami\r');
    await terminal.until(/whoami\r\n(ubuntu|ec2-user)\r\n/);
    terminal.type('exit 3\r');
    expect(await terminal.told('exit')).toEqual({ type: 'exit', code: 3 });
    expect(await terminal.closed).toEqual({ code: 1000, reason: 'the shell ended' });
  });

  it('takes a new size, what was typed early, and tells what it does not understand', async () => {
    const terminal = await shell(address());
    terminal.type('echo early\r');
    await terminal.until(/\nearly\r\n/);
    terminal.socket.send(JSON.stringify({ type: 'resize', cols: 200, rows: 50 }));
    terminal.socket.send('nonsense');
    expect(await terminal.told('error')).toMatchObject({ detail: expect.stringContaining('JSON') });
    terminal.socket.send(JSON.stringify({ type: 'resize', cols: 0, rows: 50 }));
    await wait(() => terminal.messages.find(({ detail }) => String(detail).includes('cols')), () => JSON.stringify(terminal.messages));
    terminal.type('echo still\r');
    await terminal.until(/\nstill\r\n/);
    terminal.socket.close();
    await terminal.closed;
  });

  it('takes a token as subprotocol, which is not answered, and a session from its own pages', async () => {
    const byProtocol = await shell(address(), { token: null, protocols: ['mcmp.terminal', `mcmp.bearer.${operator}`] });
    expect(byProtocol.socket.protocol).toBe('mcmp.terminal');
    byProtocol.socket.close();
    await byProtocol.closed;
    const { cookie } = await session();
    const bySession = await shell(address(), { token: null, headers: { cookie, origin: stage.server.url } });
    await bySession.until(/\$ /);
    bySession.socket.close();
    await bySession.closed;
  });

  it.each([
    ['no token', 401, () => ({ token: null })],
    ['a wrong token', 401, () => ({ token: 'wrong' })],
    ['the role of a viewer', 403, () => ({ token: viewer })],
    ['a project of others', 404, () => ({ token: outsider })],
  ] as [string, number, () => { token: string | null }][])('is refused to %s with %i', async (_who, status, options) => {
    expect(await open(address(), options())).toMatchObject({ status, body: { status, detail: expect.stringMatching(/.{10}/) } });
  });

  it.each(['http://evil.example', 'null', undefined])('with a session is refused to pages of %s', async (origin) => {
    const { cookie } = await session();
    expect(await open(address(), { token: null, headers: { cookie, ...(origin && { origin }) } })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN', detail: expect.stringContaining('Origin') } });
  });

  it('is refused for VMs that there are not, a size that none has, and a request that is no WebSocket', async () => {
    expect(await open(address('aws-9'))).toMatchObject({ status: 404 });
    expect(await open(address('aws-1', 'nothing'))).toMatchObject({ status: 404 });
    expect(await open(address().replace('cols=100', 'cols=0'))).toMatchObject({ status: 400, body: { errors: [{ field: 'cols' }] } });
    expect(await stage.server.call('GET', `${MCIS}/hub/vms/aws-1/terminal`)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('WebSocket') } });
    expect(await open(address().replace(/\/v1.*/, '/v1/me'))).toMatchObject({ status: 200, body: { username: 'mina' } });
  });

  it('is closed when no key is pressed, which it says before', async () => {
    const terminal = await shell(address());
    await terminal.until(/\$ /);
    expect(await terminal.told('idle')).toEqual({ type: 'idle', seconds: 2 });
    terminal.type(' ');
    await terminal.told('busy');
    expect(await terminal.closed).toEqual({ code: 4408, reason: expect.stringContaining('no key') });
  });

  it('is one of so many, and another may come when one goes', async () => {
    const open3 = await Promise.all([0, 1, 2].map(() => shell(address())));
    expect(await open(address())).toMatchObject({ status: 429, body: { detail: expect.stringContaining('MCMP_TERMINALS_MAX') } });
    open3[0]?.socket.close();
    await open3[0]?.closed;
    const again = await shell(address());
    for (const { socket } of [...open3, again]) socket.close();
    await Promise.all([...open3, again].map(({ closed }) => closed));
  });

  it('goes with the log-out of its session, not of another, and with its end', async () => {
    const mine = await session();
    const other = await session();
    const terminal = await shell(address(), { token: null, headers: { cookie: mine.cookie, origin: stage.server.url } });
    await terminal.until(/\$ /);
    await stage.server.call('DELETE', '/v1/auth/session', { token: null, headers: { cookie: other.cookie, 'x-csrf-token': other.csrf } });
    terminal.type('echo here\r');
    await terminal.until(/\nhere\r\n/);
    await stage.server.call('DELETE', '/v1/auth/session', { token: null, headers: { cookie: mine.cookie, 'x-csrf-token': mine.csrf } });
    expect(await terminal.closed).toMatchObject({ code: 4401 });
  });

  it('goes with the log-out at another server', async () => {
    const { cookie } = await session();
    const second = await startServer({}, stage.server);
    const terminal = await shell(address(), { token: null, headers: { cookie, origin: stage.server.url } });
    await terminal.until(/\$ /);
    await second.call('DELETE', '/v1/auth/session', { token: null, headers: { cookie } });
    const keys = setInterval(() => terminal.type(' '), 500);
    expect(await terminal.closed).toMatchObject({ code: 4401 });
    clearInterval(keys);
    await second.stop();
  });

  it('tells of a VM that does not answer, and refuses a host key that is not the one seen before', async () => {
    await stage.database.query(`UPDATE infra.vm SET host_key = 'another' WHERE name = 'aws-2'`);
    const changed = await shell(address('aws-2'));
    expect(await changed.told('error')).toMatchObject({ detail: expect.stringContaining('host key') });
    expect(await changed.closed).toMatchObject({ code: 4502 });
    await stage.database.query(`UPDATE infra.vm SET host_key = NULL WHERE name = 'aws-2'`);
  });

  it('is written to the log with who and which VM, without what was typed, and no key', async () => {
    const terminal = await shell(address());
    terminal.type('echo hush-0815\r');
    await terminal.until(/\nhush-0815\r\n/);
    terminal.socket.close();
    await terminal.closed;
    await wait(() => (/"why":"left"/.test(stage.server.log()) ? true : undefined), () => stage.server.log().slice(-500));
    const lines = stage.server.log().split('\n').filter((line) => line.includes('terminal opened')).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ user: 'mina', mci: 'hub', vm: 'aws-1', requestId: expect.any(String) });
    for (const secret of ['hush-0815', 'PRIVATE KEY', operator, ADMIN_PASSWORD]) expect(stage.server.log()).not.toContain(secret);
  });

  it('leaves other upgrades alone: a request that offers h2c is answered, with its body', async () => {
    const { hostname, port } = new URL(stage.server.url);
    const body = JSON.stringify({ username: 'mina', password: 'a-password-for-tests' });
    const answer = await new Promise<string>((done, failed) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write(`POST /v1/auth/token HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`, () => setTimeout(() => socket.write(body.slice(5)), 50)));
      socket.on('data', (chunk: Buffer) => { if ((text += chunk.toString()).includes('accessToken')) { done(text); socket.destroy(); } }).on('error', failed).on('close', () => done(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is closed with a reason when the server stops', async () => {
    const terminal = await shell(address());
    await terminal.until(/\$ /);
    await stage.restart('SIGTERM'); // comes back only once the old one has ended
    expect(await terminal.closed).toEqual({ code: 1001, reason: 'the server stops' });
  });
});
