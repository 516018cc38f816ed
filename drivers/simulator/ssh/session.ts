import type { Connection, ServerChannel, Session } from 'ssh2';
import type { Machine } from './machine.js';
import { Shell } from './shell.js';

/** Longest line that the interactive shell keeps. */
const LINE_LIMIT = 16 * 1024;

/** Answers `exec` and `shell` of one authenticated client; SFTP, forwarding, agents and environment are refused. */
export function serveSessions(client: Connection, machine: Machine): void {
  const refuse = (_accept: unknown, reject: (() => void) | undefined): void => reject?.();
  client.on('request', refuse);
  client.on('tcpip', refuse);
  client.on('openssh.streamlocal', refuse);
  client.on('session', (accept) => serveSession(accept(), machine));
}

function serveSession(session: Session, machine: Machine): void {
  let terminal = false;
  const refuse = (_accept: unknown, reject: (() => void) | undefined): void => reject?.();
  session.on('pty', (accept) => { terminal = true; accept?.(); });
  session.on('window-change', (accept) => accept?.());
  session.on('env', (accept, reject) => refuse(accept, reject));
  session.on('sftp', (accept, reject) => refuse(accept, reject));
  session.on('subsystem', (accept, reject) => refuse(accept, reject));
  session.on('auth-agent', (accept, reject) => refuse(accept, reject));
  session.on('x11', (accept, reject) => refuse(accept, reject));
  session.on('exec', (accept, _reject, { command }) => void runOne(accept(), command, machine, terminal));
  session.on('shell', (accept) => new Interactive(accept(), machine, terminal).start());
}

const toTerminal = (text: string): string => text.replace(/\r?\n/g, '\r\n');

async function runOne(channel: ServerChannel, command: string, machine: Machine, terminal: boolean): Promise<void> {
  const abort = new AbortController();
  channel.on('close', () => abort.abort());
  channel.on('error', () => abort.abort());
  channel.resume();
  const write = terminal ? (text: string) => void channel.write(toTerminal(text)) : (text: string) => void channel.write(text);
  const code = await new Shell(machine).run(command, { out: write, err: terminal ? write : (text) => void channel.stderr.write(text) }, abort.signal);
  if (abort.signal.aborted) return;
  channel.exit(code);
  channel.end();
}

/** A line shell: with a terminal it echoes, edits (backspace, Ctrl-U, Ctrl-C, Ctrl-D) and shows a prompt; without one it reads lines as a script. */
class Interactive {
  private readonly shell: Shell;
  private line = '';
  private queue: Promise<void> = Promise.resolve();
  private running: AbortController | undefined;
  private closed = false;
  private status = 0;

  constructor(private readonly channel: ServerChannel, machine: Machine, private readonly terminal: boolean) {
    this.shell = new Shell(machine);
  }

  start(): void {
    this.channel.on('data', (data: Buffer) => this.read(data.toString('utf8')));
    this.channel.on('end', () => this.enqueue(() => this.leave()));
    this.channel.on('close', () => this.stop());
    this.channel.on('error', () => this.stop());
    this.prompt();
  }

  private stop(): void {
    this.closed = true;
    this.running?.abort();
  }

  private read(text: string): void {
    for (const letter of text) {
      if (letter === '\r' || letter === '\n') {
        const line = this.line;
        this.line = '';
        this.echo('\n');
        this.enqueue(() => this.execute(line));
      } else if (!this.terminal) this.add(letter);
      else if (letter === '\x7f' || letter === '\b') {
        if (this.line) this.echo('\b \b');
        this.line = [...this.line].slice(0, -1).join('');
      } else if (letter === '\x15') { this.echo('\b \b'.repeat([...this.line].length)); this.line = ''; }
      else if (letter === '\x03') {
        this.line = '';
        this.echo('^C\n');
        if (this.running) this.running.abort();
        else this.prompt();
      } else if (letter === '\x04') { if (this.line === '') this.enqueue(() => this.leave()); }
      else if (letter >= ' ') { this.add(letter); this.echo(letter); }
    }
  }

  private add(letter: string): void {
    if (this.line.length < LINE_LIMIT) this.line += letter;
  }

  private enqueue(work: () => Promise<void> | void): void {
    this.queue = this.queue.then(async () => { if (!this.closed) await work(); });
  }

  private async execute(line: string): Promise<void> {
    this.running = new AbortController();
    const out = (text: string): void => void this.channel.write(this.terminal ? toTerminal(text) : text);
    const err = (text: string): void => void (this.terminal ? out(text) : this.channel.stderr.write(text));
    this.status = await this.shell.run(line, { out, err }, this.running.signal);
    this.running = undefined;
    if (this.shell.exited) this.leave();
    else this.prompt();
  }

  private leave(): void {
    if (this.closed) return;
    this.closed = true;
    this.channel.exit(this.status);
    this.channel.end();
  }

  private prompt(): void {
    if (this.terminal && !this.closed) this.channel.write(this.shell.prompt);
  }

  private echo(text: string): void {
    if (this.terminal && !this.closed) this.channel.write(toTerminal(text));
  }
}
