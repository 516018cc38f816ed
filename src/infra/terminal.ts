import type { ClientChannel } from 'ssh2';
import type { WebSocket } from 'ws';
import { type SshTarget, openShell } from './ssh.js';

/** How a terminal ends, as the close code of its WebSocket (4000 and above are this route's own). */
export const CLOSE = { ended: 1000, stopping: 1001, sessionOver: 4401, forbidden: 4403, idle: 4408, unreachable: 4502 } as const;
const WORDS: Record<keyof typeof CLOSE, string> = {
  ended: 'the shell ended', stopping: 'the server stops', sessionOver: 'the session or token is over', forbidden: 'the permission is gone', idle: 'no key was pressed for too long', unreachable: 'the VM does not answer over SSH',
};
/** How long before it is closed an idle terminal says so; half of its time where that is shorter. */
const WARN_MS = 30_000;
const PING_MS = 30_000;
/** With this much unread by the browser, the VM is asked to wait. */
const UNREAD_BYTES = 1_048_576;
const PATIENCE_MS = 5000;

/** Size of a terminal in characters. */
export interface Size { cols: number; rows: number }
const within = (value: unknown, most: number): value is number => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
/** Whether a size is one that a terminal can have. */
export const isSize = ({ cols, rows }: Partial<Size>): boolean => within(cols, 1000) && within(rows, 1000);

/**
 * One shell on one VM behind one WebSocket. Binary messages are what the terminal reads and writes; text messages are JSON: `{"type":"resize","cols":120,"rows":40}` from the client,
 * `ready`, `idle` (with `seconds` left), `busy` again, `exit` (with `code`) and `error` (with `detail`) from the server.
 */
export class Terminal {
  private readonly abort = new AbortController();
  private channel: ClientChannel | undefined;
  private idle: NodeJS.Timeout | undefined;
  private warned = false;
  private alive = true;
  private readonly heart = setInterval(() => this.beat(), PING_MS);
  /** What was typed before the VM answered. */
  private early: Buffer[] = [];

  constructor(private readonly socket: WebSocket, private size: Size, private readonly idleMs: number, private readonly onEnd: (why: keyof typeof CLOSE | 'left') => void) {
    socket.on('message', (data: Buffer, binary: boolean) => (binary ? this.type(data) : this.control(data)));
    socket.on('pong', () => { this.alive = true; });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.finish('left'));
    this.wait();
  }

  /** Opens the shell. What goes wrong is told to the client. */
  async start(target: SshTarget): Promise<void> {
    try {
      const { channel, client } = await openShell(target, this.size, PATIENCE_MS, this.abort.signal);
      if (this.abort.signal.aborted) return void client.destroy();
      this.abort.signal.addEventListener('abort', () => client.end(), { once: true });
      client.on('error', () => this.close('unreachable')).on('close', () => this.close('ended'));
      this.use(channel);
    } catch (error) {
      this.say({ type: 'error', detail: error instanceof Error ? error.message : 'SSH failed' });
      this.close('unreachable');
    }
  }

  /** Ends it, with the reason in words. */
  close(why: keyof typeof CLOSE): void {
    if (this.socket.readyState <= 1) this.socket.close(CLOSE[why], WORDS[why]);
    this.finish(why);
  }

  private use(channel: ClientChannel): void {
    this.channel = channel;
    channel.setWindow(this.size.rows, this.size.cols, 0, 0);
    const out = (data: Buffer): void => {
      this.socket.send(data, () => { if (this.socket.bufferedAmount < UNREAD_BYTES / 2) channel.resume(); });
      if (this.socket.bufferedAmount > UNREAD_BYTES) channel.pause();
    };
    channel.on('data', out);
    channel.stderr.on('data', out);
    channel.on('exit', (code: number | null) => this.say({ type: 'exit', code }));
    channel.on('close', () => this.close('ended'));
    channel.on('drain', () => this.socket.resume());
    this.say({ type: 'ready' });
    for (const data of this.early) channel.write(data);
    this.early = [];
  }

  private type(data: Buffer): void {
    this.wait();
    if (!this.channel) {
      if (this.early.length < 100) this.early.push(data);
    } else if (!this.channel.write(data)) this.socket.pause();
  }

  private control(data: Buffer): void {
    let message: { type?: unknown; cols?: number; rows?: number };
    try {
      message = JSON.parse(data.toString('utf8')) as typeof message;
    } catch {
      return this.say({ type: 'error', detail: 'a text message must be JSON; what is typed goes in binary messages' });
    }
    if (message?.type !== 'resize' || !isSize(message)) return this.say({ type: 'error', detail: 'known is {"type":"resize","cols":1–1000,"rows":1–1000}' });
    this.size = { cols: message.cols as number, rows: message.rows as number };
    this.channel?.setWindow(this.size.rows, this.size.cols, 0, 0);
  }

  /** Begins the idle time anew. */
  private wait(): void {
    clearTimeout(this.idle);
    if (this.warned) this.say({ type: 'busy' });
    this.warned = false;
    const warnMs = Math.min(WARN_MS, this.idleMs / 2);
    this.idle = setTimeout(() => {
      this.warned = true;
      this.say({ type: 'idle', seconds: Math.ceil(warnMs / 1000) });
      this.idle = setTimeout(() => this.close('idle'), warnMs);
    }, this.idleMs - warnMs);
  }

  private beat(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  private say(message: Record<string, unknown>): void {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private finish(why: keyof typeof CLOSE | 'left'): void {
    if (this.abort.signal.aborted) return;
    clearTimeout(this.idle);
    clearInterval(this.heart);
    this.abort.abort();
    this.onEnd(why);
  }
}
