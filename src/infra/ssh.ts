import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientChannel } from 'ssh2';

/** How a VM is reached. */
export interface SshTarget {
  host: string;
  port: number;
  user: string;
  privateKey: string;
  /** SHA-256 of the host key in base64 seen before; null accepts the first and tells it by `onHostKey`. */
  hostKey: string | null;
  onHostKey(hash: string): void;
}

/** What a command did. */
export interface SshResult {
  /** Null where a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Whether output beyond {@link MAX_OUTPUT_BYTES} was dropped. */
  truncated: boolean;
}

/** Most bytes kept of each stream. */
export const MAX_OUTPUT_BYTES = 262_144;
const CONNECT_TIMEOUT_MS = 10_000;
const CUT_OFF = 'the command was cut off';
/** A VM that just began to run may not answer yet; so long, and no longer than the command may take, a refused connection is tried again. */
const PATIENCE_MS = 30_000;

/** Runs one command and gives its output. Connecting is tried again while nothing has run; the command itself is started once only. @throws Error with a plain sentence. */
export async function runOverSsh(target: SshTarget, command: string, timeoutMs: number, signal: AbortSignal): Promise<SshResult> {
  const client = await connect(target, Math.min(PATIENCE_MS, timeoutMs), signal);
  try {
    return await exec(client, command, timeoutMs, signal);
  } finally {
    client.end();
  }
}

/** A connection to a VM; the caller ends it. Where nothing answers yet it is tried again for `patienceMs`. @throws Error with a plain sentence. */
export async function connect(target: SshTarget, patienceMs: number, signal: AbortSignal): Promise<Client> {
  const until = Date.now() + patienceMs;
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 3000)) {
    try {
      return await connectOnce(target, signal);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (signal.aborted || Date.now() > until || !(code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH')) throw error;
      await delay(waitMs, undefined, { signal });
    }
  }
}

function connectOnce(target: SshTarget, signal: AbortSignal): Promise<Client> {
  return new Promise((done, failed) => {
    const client = new Client();
    let changed = false;
    const aborted = (): void => {
      failed(new Error(CUT_OFF));
      client.destroy();
    };
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    client.once('close', () => signal.removeEventListener('abort', aborted));
    client
      .on('ready', () => done(client))
      .on('error', (error) => failed(changed ? new Error('the host key is not the one seen before: someone else answers at this address, or the VM was made anew') : Object.assign(new Error(sentence(error)), { code: (error as { code?: string }).code })))
      .connect({
        host: target.host, port: target.port, username: target.user, privateKey: target.privateKey, readyTimeout: CONNECT_TIMEOUT_MS, keepaliveInterval: 15_000,
        algorithms: { kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512'] },
        hostVerifier: (key: Buffer) => {
          const hash = createHash('sha256').update(key).digest('base64');
          if (target.hostKey === null) target.onHostKey(hash);
          changed = target.hostKey !== null && target.hostKey !== hash;
          return !changed;
        },
      });
  });
}

const sentence = (error: Error & { level?: string; code?: string }): string =>
  error.level === 'client-authentication' ? 'the VM did not accept the key for this user' : error.code ? `SSH could not connect (${error.code})` : `SSH failed: ${error.message}`;

function exec(client: Client, command: string, timeoutMs: number, signal: AbortSignal): Promise<SshResult> {
  return new Promise<SshResult>((done, failed) => {
    const stop = (why: string) => () => { failed(new Error(why)); client.destroy(); };
    const timer = setTimeout(stop(`the command did not end within ${timeoutMs / 1000} s`), timeoutMs);
    const aborted = stop(CUT_OFF);
    signal.addEventListener('abort', aborted, { once: true });
    client.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      failed(new Error('the connection was lost while the command ran'));
    });
    client.exec(command, (error, channel) => {
      if (error) return failed(error);
      const [stdout, stderr] = [new Output(), new Output()];
      channel.on('data', (chunk: Buffer) => stdout.add(chunk));
      channel.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
      channel.on('close', (code: number | null) => done({ exitCode: code ?? null, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated || stderr.truncated }));
    });
  });
}

/** An interactive shell with a terminal of this size; the caller ends the connection. @throws Error with a plain sentence. */
export async function openShell(target: SshTarget, size: { cols: number; rows: number }, patienceMs: number, signal: AbortSignal): Promise<{ client: Client; channel: ClientChannel }> {
  const client = await connect(target, patienceMs, signal);
  try {
    const channel = await new Promise<ClientChannel>((done, failed) => client.shell({ term: 'xterm-256color', ...size }, (error, opened) => (error ? failed(new Error('the VM opens no shell')) : done(opened))));
    return { client, channel };
  } catch (error) {
    client.destroy();
    throw error;
  }
}

class Output {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  truncated = false;
  add(chunk: Buffer): void {
    const room = MAX_OUTPUT_BYTES - this.size;
    if (chunk.length > room) this.truncated = true;
    if (room > 0) this.chunks.push(chunk.subarray(0, room));
    this.size += Math.min(chunk.length, Math.max(room, 0));
  }
  /** UTF-8 text; the NUL character, which PostgreSQL's text cannot hold, becomes U+FFFD. */
  text(): string {
    return Buffer.concat(this.chunks).toString('utf8').replaceAll('\0', '\uFFFD');
  }
}
