import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import { VmShells } from '../ssh/index.js';
import type { VmDoor } from '../ssh/index.js';
import { Shell } from '../ssh/shell.js';

const facts = { cloud: 'aws', region: 'ap-northeast-2', zone: 'ap-northeast-2a', specId: 'm5.large', vcpu: 2, memoryMiB: 8192, osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64', privateIp: '10.0.1.4' };
const key = ssh2.utils.generateKeyPairSync('ed25519');
const rsaKey = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
const stranger = ssh2.utils.generateKeyPairSync('ed25519');

/** A port that is free on every loopback address in all likelihood. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => { probe.listen(0, '127.0.0.1', resolve); });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => { probe.close(resolve); });
  return port;
}

let seen: Buffer | undefined;
function connect(vm: { address: string; port: number }, config: ConnectConfig): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject).on('close', () => reject(new Error('closed')));
    client.connect({ host: vm.address, port: vm.port, hostVerifier: (hostKey: Buffer) => { seen = hostKey; return true; }, ...config });
  });
}

function exec(client: Client, command: string, options: { pty?: boolean } = {}): Promise<{ out: string; err: string; code: number }> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => {
      if (error) { reject(error); return; }
      let out = '';
      let err = '';
      let code = -1;
      channel.on('data', (data: Buffer) => { out += data.toString(); });
      channel.stderr.on('data', (data: Buffer) => { err += data.toString(); });
      channel.on('exit', (status: number) => { code = status; });
      channel.on('close', () => resolve({ out, err, code }));
    });
  });
}

describe('SSH of simulated VMs', () => {
  const shells = new VmShells({ hostKeySecret: 'test' });
  let vm: VmDoor;
  let client: Client;
  const login: ConnectConfig = { username: 'ubuntu', privateKey: key.private };

  beforeAll(async () => {
    vm = { address: '127.71.3.9', port: await freePort(), hostname: 'web-1', user: 'ubuntu', publicKey: `${key.public} someone`, facts };
    await shells.open(vm);
    client = await connect(vm, login);
  });
  afterAll(async () => {
    client.end();
    await shells.closeAll();
  });

  it.each([
    ['hostname', 'web-1\n', '', 0],
    ['hostname -I', '10.0.1.4\n', '', 0],
    ['whoami; nproc', 'ubuntu\n2\n', '', 0],
    ['id', 'uid=1000(ubuntu) gid=1000(ubuntu) groups=1000(ubuntu)\n', '', 0],
    ['sudo whoami', 'root\n', '', 0],
    ['uname -m', 'x86_64\n', '', 0],
    ['cat /etc/hostname', 'web-1\n', '', 0],
    ['. /etc/os-release', '', 'bash: .: command not found\n', 127],
    ['grep VERSION_ID /etc/os-release', 'VERSION_ID="24.04"\n', '', 0],
    ['echo "a  b"   c', 'a  b c\n', '', 0],
    ["echo '$HOSTNAME' $HOSTNAME \"${USER}\" \\$HOME", '$HOSTNAME web-1 ubuntu $HOME\n', '', 0],
    ['false && echo no || echo yes', 'yes\n', '', 0],
    ['true && false; echo $?', '1\n', '', 0],
    ['exit 7', '', '', 7],
    ['bash -c "exit 3"; echo $?', '3\n', '', 0],
    ['seq 5 | tail -n 2 | wc -l', '2\n', '', 0],
    ['echo $(seq 3) "$(hostname)"', '1 2 3 web-1\n', '', 0],
    ['nosuch --flag', '', 'bash: nosuch: command not found\n', 127],
    ['nosuch 2>/dev/null', '', '', 127],
    ['nosuch 2>&1 | wc -l', '1\n', '', 0],
    ['cat nothing 2>&1', 'cat: nothing: No such file or directory\n', '', 1],
    ['cd /etc && pwd && ls', '/etc\nhostname\nhosts\nos-release\n', '', 0],
    ['echo x > /tmp/x', '', 'bash: /tmp/x: Read-only file system\n', 1],
    ['sleep 61', '', 'sleep: at most 60 seconds on this simulated VM\n', 1],
    ['sleep 0; date -u +%Z', 'UTC\n', '', 0],
    ['echo "open', '', 'bash: unexpected end of file while looking for matching `"\'\n', 2],
    ['# nothing at all', '', '', 0],
    ['echo one # two\necho three', 'one\nthree\n', '', 0],
    ['A=1 B="x y"; echo $A$B', '1x y\n', '', 0],
  ])('runs %j', async (command, out, err, code) => {
    expect(await exec(client, command)).toEqual({ out, err, code });
  });

  it('knows a VM of its own, not the computer that it runs on', async () => {
    process.env.MCMP_TEST_SECRET = 'hostsecret';
    const passwd = readFileSync('/etc/passwd', 'utf8').split('\n')[0] ?? '';
    const tries = ['cat /etc/passwd', 'cat ../../../../etc/passwd', 'cat /proc/self/environ', 'echo $(id) `id` $(cat /etc/passwd)', 'env', 'echo $MCMP_TEST_SECRET', 'ls / /root /home', 'cat package.json',
      'node -e "1"', '/bin/sh -c id', 'curl http://127.0.0.1', `hostname; cat /etc/hosts`, '$(id)', '`id`', 'cat < /etc/passwd', "bash -c 'cat /etc/passwd'", 'sudo cat /etc/shadow', 'printenv PATH HOME'];
    for (const command of tries) {
      const { out, err } = await exec(client, command);
      const all = out + err;
      expect(all).not.toContain(passwd);
      expect(all).not.toContain('hostsecret');
      expect(all).not.toContain(process.env.HOME === '/root' ? 'uid=0' : `uid=${process.getuid?.()}(`);
      if (hostname() !== 'web-1') expect(all).not.toContain(hostname());
      expect(all).not.toContain('mcmp"');
    }
    delete process.env.MCMP_TEST_SECRET;
    expect((await exec(client, 'echo $(id) `whoami`')).out).toBe('uid=1000(ubuntu) gid=1000(ubuntu) groups=1000(ubuntu) ubuntu\n');
  });

  it('caps output, words, variables and nesting', async () => {
    const big = await exec(client, Array.from({ length: 40 }, () => 'seq 10000').join(';'));
    expect(big.out.length).toBeLessThanOrEqual(256 * 1024);
    expect(big.err).toContain('output truncated');
    const doubled = await exec(client, `X=aaaaaaaa;${'X=$X$X;'.repeat(40)}echo $X`);
    expect(doubled.out.length).toBeLessThanOrEqual(16 * 1024);
    expect((await exec(client, `X=aaaaaaaa;${'X=$X$X;'.repeat(20)}echo ${'$X '.repeat(5000)}`)).err).toContain('Argument list too long');
    expect((await exec(client, `${'$('.repeat(30)}id${')'.repeat(30)}`)).err).toContain('too deeply nested');
    expect((await exec(client, `echo ${'a'.repeat(33_000)}`)).err).toContain('line too long');
  });

  it('ends a running command when its client goes', async () => {
    const abort = new AbortController();
    let said = '';
    const ended = new Shell({ hostname: 'h', user: 'u', facts, bootedAt: 0 }).run('sleep 60; echo late', { out: (text) => { said += text; }, err: () => undefined }, abort.signal);
    abort.abort();
    expect(await ended).toBe(130);
    expect(said).toBe('');
  });

  it('lets in the one user with the one key only', async () => {
    const refused = 'All configured authentication methods failed';
    await expect(connect(vm, { username: 'ubuntu', privateKey: stranger.private })).rejects.toThrow(refused);
    await expect(connect(vm, { username: 'root', privateKey: key.private })).rejects.toThrow(refused);
    await expect(connect(vm, { username: 'ubuntu', password: 'ubuntu' })).rejects.toThrow(refused);
    await expect(connect(vm, { username: 'ubuntu' })).rejects.toThrow(refused);
    await expect(connect(vm, { username: 'ubuntu', password: '', tryKeyboard: true })).rejects.toThrow(refused);
  });

  it('refuses SFTP and forwarding', async () => {
    await expect(new Promise((resolve, reject) => { client.sftp((error, sftp) => { if (error) reject(error); else resolve(sftp); }); })).rejects.toThrow();
    await expect(new Promise((resolve, reject) => { client.forwardOut('127.0.0.1', 0, '127.0.0.1', vm.port, (error, channel) => (error ? reject(error) : resolve(channel))); })).rejects.toThrow();
    await expect(new Promise((resolve, reject) => { client.forwardIn('127.0.0.1', 0, (error, port) => (error ? reject(error) : resolve(port))); })).rejects.toThrow();
  });

  it('gives a line shell with a prompt, an echo and editing', async () => {
    const { out, code } = await new Promise<{ out: string; code: number }>((resolve, reject) => {
      client.shell((error: Error | undefined, channel: ClientChannel) => {
        if (error) { reject(error); return; }
        let text = '';
        let status = -1;
        const lines = ['hostnamx\x7fe\r', 'cd /etc\r', 'sleep 60\r', '\x03', 'exit 4\r'];
        channel.on('data', (data: Buffer) => {
          text += data.toString();
          if (text.endsWith('$ ') || text.endsWith('sleep 60\r\n')) channel.write(lines.shift() ?? '');
        });
        channel.on('exit', (code: number) => { status = code; });
        channel.on('close', () => resolve({ out: text, code: status }));
      });
    });
    expect(out).toBe('ubuntu@web-1:~$ hostnamx\b \be\r\nweb-1\r\nubuntu@web-1:~$ cd /etc\r\nubuntu@web-1:/etc$ sleep 60\r\n^C\r\nubuntu@web-1:/etc$ exit 4\r\n');
    expect(code).toBe(4);
  });

  it('takes RSA keys, and keeps a VM\'s host key over close, open and a restart', async () => {
    const other: VmDoor = { ...vm, address: '127.71.3.10', hostname: 'web-2', publicKey: rsaKey.public };
    const rsaLogin: ConnectConfig = { username: 'ubuntu', privateKey: rsaKey.private };
    const keyOf = async (): Promise<string> => { (await connect(other, rsaLogin)).end(); return seen?.toString('base64') ?? ''; };
    await shells.open(other);
    const first = await keyOf();
    await shells.close(other.address, other.port);
    await expect(connect(other, rsaLogin)).rejects.toThrow('ECONNREFUSED');
    await shells.close(other.address, other.port);
    const again = new VmShells({ hostKeySecret: 'test' });
    await again.open(other);
    expect(await keyOf()).toBe(first);
    await again.open({ ...other, hostname: 'renamed' });
    expect(await keyOf()).toBe(first);
    await again.open({ ...other, facts: { ...other.facts, privateIp: '10.9.9.9' } });
    expect(await keyOf()).not.toBe(first);
    await again.closeAll();
    await connect(vm, login).then((one) => one.end());
    expect(seen?.toString('base64')).not.toBe(first);
  });

  it('drops its clients when a VM stops', async () => {
    const other = { ...vm, address: '127.71.3.11' };
    await shells.open(other);
    const connected = await connect(other, login);
    const closed = new Promise<void>((resolve) => { connected.on('close', () => resolve()); });
    await shells.close(other.address, other.port);
    await closed;
  });

  it('says why an address cannot be used, and lets nobody in where the key is broken', async () => {
    await expect(shells.open({ ...vm, address: '192.0.2.1' })).rejects.toThrow('loopback address 127.x.y.z only');
    await expect(new VmShells().open(vm)).rejects.toThrow('EADDRINUSE');
    const broken = { ...vm, address: '127.71.3.12', publicKey: 'not a key' };
    await shells.open(broken);
    await expect(connect(broken, login)).rejects.toThrow('All configured authentication methods failed');
  });
});
