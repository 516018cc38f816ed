import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../src/infra/keys.js';
import { MAX_OUTPUT_BYTES, type SshTarget, runOverSsh } from '../../src/infra/ssh.js';

const { Server, utils } = ssh2;
const keys = newKeyPair('test');
const taken = utils.parseKey(keys.publicKey) as unknown as { getPublicSSH(): Buffer };
let server: InstanceType<typeof Server>;
let port: number;
const seen: string[] = [];

/** What the server does with a command: its name says it. */
function answer(command: string, channel: ssh2.ServerChannel): void {
  const end = (code: number): void => { channel.exit(code); channel.end(); };
  if (command === 'nul') { channel.write(Buffer.from('a\0b')); channel.stderr.write(Buffer.from([0xc3])); end(0); }
  else if (command === 'big') { channel.write(Buffer.alloc(MAX_OUTPUT_BYTES + 10_000, 'x')); end(0); }
  else if (command === 'signal') { (channel.exit as (signal: string) => void)('KILL'); channel.end(); }
  else if (command === 'fail') { channel.stderr.write('no such thing\n'); end(3); }
  else if (command === 'drop') channel.destroy();
  else if (command !== 'hang') { channel.write(`${command}\n`); end(0); }
}

beforeAll(async () => {
  const hostKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  server = new Server({ hostKeys: [hostKey as string] }, (client) => {
    client.on('authentication', (context) => (context.method === 'publickey' && context.username === 'ubuntu' && context.key.data.equals(taken.getPublicSSH()) ? context.accept() : context.reject(['publickey'])));
    client.on('session', (accept) => accept().on('exec', (acceptExec, _reject, { command }) => { seen.push(command); if (command === 'lost') client.end(); else answer(command, acceptExec()); }));
    client.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((done) => server.close(() => done())));

const idle = new AbortController().signal;
const target = (more: Partial<SshTarget> = {}): SshTarget => ({ host: '127.0.0.1', port, user: 'ubuntu', privateKey: keys.privateKey, hostKey: null, onHostKey: () => undefined, ...more });

describe('a command over SSH', () => {
  it('gives its output and exit code', async () => {
    expect(await runOverSsh(target(), 'hello', 5000, idle)).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '', truncated: false });
    expect(await runOverSsh(target(), 'fail', 5000, idle)).toEqual({ exitCode: 3, stdout: '', stderr: 'no such thing\n', truncated: false });
  });

  it('that a signal ended has no exit code', async () => {
    expect(await runOverSsh(target(), 'signal', 5000, idle)).toMatchObject({ exitCode: null });
  });

  it('keeps output that PostgreSQL can hold: NUL and broken UTF-8 are marked', async () => {
    expect(await runOverSsh(target(), 'nul', 5000, idle)).toMatchObject({ stdout: 'a\uFFFDb', stderr: '\uFFFD' });
  });

  it('cuts large output, and says so', async () => {
    const { stdout, truncated } = await runOverSsh(target(), 'big', 5000, idle);
    expect(stdout.length).toBe(MAX_OUTPUT_BYTES);
    expect(truncated).toBe(true);
  });

  it.each([
    ['takes too long', 'hang', 100, /did not end within 0\.1 s/],
    ['loses its connection', 'lost', 5000, /connection was lost/],
  ])('fails where it %s', async (_name, command, timeoutMs, message) => {
    await expect(runOverSsh(target(), command, timeoutMs, idle)).rejects.toThrow(message);
  });

  it('fails at once where the key or the user is not taken', async () => {
    await expect(runOverSsh(target({ privateKey: newKeyPair('other').privateKey }), 'hello', 60_000, idle)).rejects.toThrow(/did not accept the key/);
    await expect(runOverSsh(target({ user: 'root' }), 'hello', 60_000, idle)).rejects.toThrow(/did not accept the key/);
  });

  it('pins the host key that it saw first', async () => {
    let hash = '';
    await runOverSsh(target({ onHostKey: (value) => { hash = value; } }), 'hello', 5000, idle);
    expect(await runOverSsh(target({ hostKey: hash }), 'again', 5000, idle)).toMatchObject({ stdout: 'again\n' });
    seen.length = 0;
    await expect(runOverSsh(target({ hostKey: `${hash.startsWith('x') ? 'y' : 'x'}${hash.slice(1)}` }), 'secret', 5000, idle)).rejects.toThrow(/host key is not the one seen before/);
    expect(seen).toEqual([]);
  });

  it('tries a door that does not open no longer than the command may take', async () => {
    await expect(runOverSsh(target({ port: 1 }), 'hello', 300, idle)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('ends when it is cut off, before and while it runs', async () => {
    for (const [where, afterMs] of [[{ port: 1 }, 50], [{}, 200]] as const) {
      const cut = new AbortController();
      setTimeout(() => cut.abort(), afterMs);
      await expect(runOverSsh(target(where), 'hang', 60_000, cut.signal)).rejects.toThrow(/cut off|aborted/);
    }
  });
});
