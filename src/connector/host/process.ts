import { type CallsLeft, type ConnectInput, DRIVER_ERROR_CODES, DriverError, type DriverErrorCode, type DriverErrorDetail, isDriverError } from '@mcmp/driver-sdk';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { deserialize } from 'node:v8';
import { z } from 'zod';
import { type Logger, logContext, ofOperations, operationsOf, withOnlyLogContext } from '../../platform/index.js';
import { CHANNEL_FD, FrameReader, framed } from './channel.js';
import { type Deadline, NotSentError } from './deadline.js';
import type { FenceRules } from './fence.js';
import { ownFault } from './health.js';
import { HEAP_MIB, launch } from './launch.js';
import { type Redactor, followOutput } from './output.js';
import { whyNotPlain } from './plain.js';
import { type FromChild, MAX_ANSWER_BYTES, type ToChild } from './protocol.js';

const START_MS = 20_000;
const HEARTBEAT_MS = 1000;
/** So many heartbeats without a sign, and the process is taken for blocked. */
const MISSED_HEARTBEATS = 5;
const MAX_IN_FLIGHT = 2000;
/** Calls that were given up and yet never ended; above this the process is worth replacing. */
const MAX_ABANDONED = 500;
const MAX_RSS_BYTES = 1024 * 1024 * 1024;
const STOP_MS = 2500;
/** An answer has its envelope around it. */
const MAX_FRAME_BYTES = MAX_ANSWER_BYTES + 64 * 1024;

const Failure = z.object({
  code: z.string().optional(),
  message: z.string(),
  detail: z.object({
    providerCode: z.string().optional().catch(undefined), providerRequestId: z.string().optional().catch(undefined), httpStatus: z.number().optional().catch(undefined),
    retryAfterMs: z.number().nonnegative().optional().catch(undefined), field: z.string().optional().catch(undefined), quotaId: z.string().optional().catch(undefined),
  }).optional().catch(undefined),
});

const Left = z.object({ remaining: z.number().nonnegative(), limit: z.number().min(1).optional().catch(undefined) });

export interface ProcessOptions {
  /** Folder of the bundle; all that the process may read beside its own program. */
  folder: string;
  entry: string;
  /** e.g. `aws 1.2.0`, for messages. */
  label: string;
  /** False leaves Node's permission model off. */
  permission: boolean;
  /** What the process may not connect to, and what it may nevertheless. */
  fence: FenceRules;
  redactor: Redactor;
  logger: Logger;
}

/** One process that runs one driver version: starts it, multiplexes calls over its channel, watches its heart, ends it. */
export class DriverProcess {
  /** Settles when the bundle is loaded; rejects with a sentence that says why it is not. */
  readonly loaded: Promise<void>;
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  readonly pid: number | undefined;
  startMs = 0;
  rssBytes = 0;
  private alive = true;
  private ready = false;
  private stopping = false;
  private draining = false;
  private cause: string | undefined;
  private missed = 0;
  /** Heartbeats that were sent and not answered yet. */
  private pings = 0;
  private sequence = 0;
  /** Calls that were given up and have not ended yet. */
  private readonly abandoned = new Set<number>();
  private readonly child: ChildProcess;
  private readonly channel: Socket;
  private readonly pending = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void; onLeft: ((left: CallsLeft) => void) | undefined; operationIds: string[] }>();
  private onLoaded: (problem?: string) => void = () => undefined;

  constructor(private readonly options: ProcessOptions) {
    const from = performance.now();
    this.child = launch(options);
    this.channel = this.child.stdio[CHANNEL_FD] as Socket;
    this.pid = this.child.pid;
    this.loaded = new Promise((done, failed) => {
      const timer = setTimeout(() => this.kill(`was not loaded within ${START_MS} ms`), START_MS);
      this.onLoaded = (problem) => {
        clearTimeout(timer);
        this.startMs = Math.round(performance.now() - from);
        this.ready = problem === undefined;
        if (problem === undefined) done();
        else failed(new Error(options.redactor.clean(problem).replaceAll(`${options.folder}/`, '')));
      };
    });
    this.loaded.catch(() => undefined);
    const heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
    this.ended = new Promise((done) => {
      this.child.once('error', (error) => { this.cause ??= `could not run: ${error.message}`; if (this.pid === undefined) this.child.emit('exit', null, null); });
      this.child.once('exit', (code, signal) => {
        clearInterval(heartbeat);
        done(this.end(code, signal));
      });
    });
    const follow = (name: 'stdout' | 'stderr'): void => {
      const stream = this.child[name];
      const tell = (line: string): void => this.within(() => options.logger[name === 'stderr' ? 'warn' : 'info'](`driver ${options.label}: ${line}`, { driver: options.label, pid: this.pid, stream: name }));
      if (stream) followOutput(stream, options.redactor, tell, (why) => this.kill(why));
    };
    follow('stdout');
    follow('stderr');
    const reader = new FrameReader(MAX_FRAME_BYTES, (message) => this.hear(message as FromChild));
    this.channel?.on('data', (chunk: Buffer) => {
      if (!this.alive || this.cause !== undefined) return;
      try {
        reader.push(chunk);
      } catch (error) {
        this.kill(`sent what is no message of the host's channel (${options.redactor.clean((error as Error).message).slice(0, 200)})`);
      }
    });
    // A process that ends closes its channel first, and how it ends says more.
    this.channel?.on('error', () => void setTimeout(() => this.kill('does not take messages'), 1000).unref());
    this.say({ type: 'load', entry: options.entry, maxAnswerBytes: MAX_ANSWER_BYTES, fence: options.fence });
  }

  get usable(): boolean { return this.alive && !this.stopping && !this.draining; }
  /** Whether the host asked it to end, so that its end is no crash. */
  get dismissed(): boolean { return this.stopping; }
  get inFlight(): number { return this.pending.size; }
  /** Whether so many calls were given up without ever ending that a new process is better. */
  get worn(): boolean { return this.abandoned.size >= MAX_ABANDONED; }

  connect(session: string, input: ConnectInput, deadline: Deadline): Promise<unknown> {
    return this.request((id) => ({ type: 'connect', id, session, input }), deadline);
  }

  /** @param onLeft hears what the cloud says is left after the call */
  call(session: string, method: string, request: unknown, deadline: Deadline, onLeft?: (left: CallsLeft) => void): Promise<unknown> {
    return this.request((id) => ({ type: 'call', id, session, method, request }), deadline, onLeft);
  }

  /** Tells the process rules that changed. */
  setFence(fence: FenceRules): void {
    this.say({ type: 'fence', fence });
  }

  close(session: string): void {
    this.say({ type: 'close', session });
  }

  /** Ends the process: politely, so that sessions are closed, then by force. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.stopping = true;
    this.say({ type: 'stop' });
    const timer = setTimeout(() => this.kill('was stopped'), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Takes no new calls and ends when those under way have ended. */
  drain(): void {
    this.draining = true;
    if (this.pending.size === 0) void this.stop();
  }

  private request(message: (id: number) => ToChild, deadline: Deadline, onLeft?: (left: CallsLeft) => void): Promise<unknown> {
    if (!this.usable) return Promise.reject(this.gone('has ended'));
    if (this.pending.size + this.abandoned.size >= MAX_IN_FLIGHT) return Promise.reject(new NotSentError('RATE_LIMITED', `driver ${this.options.label} has ${MAX_IN_FLIGHT} calls under way already`, { retryAfterMs: 1000 }));
    const id = ++this.sequence;
    const work = new Promise<unknown>((done, failed) => this.pending.set(id, { done, failed, onLeft, operationIds: operationsOf(logContext()) }));
    this.say(message(id));
    return deadline.within(work, () => {
      if (!this.settle(id)) return;
      this.abandoned.add(id);
      this.say({ type: 'abort', id });
    });
  }

  /** What a driver prints belongs to the operations whose calls it serves just then, not to the one for which its process was started. */
  private within(write: () => void): void {
    withOnlyLogContext(ofOperations([...new Set([...this.pending.values()].flatMap(({ operationIds }) => operationIds))]), write);
  }

  private settle(id: number): boolean {
    const known = this.pending.delete(id);
    if (this.draining && this.pending.size === 0) void this.stop();
    return known;
  }

  private say(message: ToChild): void {
    if (this.alive && this.channel?.writable) this.channel.write(framed(message));
  }

  /** @throws Error where nobody asked for it: a driver that writes into the channel by itself is not believed, nor listened to. */
  private hear(message: FromChild): void {
    if (message?.type === 'loaded' && !this.ready) return this.onLoaded(message.problem === undefined ? undefined : String(message.problem).slice(0, 2000));
    if (message?.type === 'pong' && this.pings > 0) {
      this.pings -= 1;
      this.missed = 0;
      return void this.weigh(Number(message.rssBytes));
    }
    if (message?.type !== 'answer' && message?.type !== 'failure') throw new Error('nobody asked');
    this.missed = 0;
    const call = this.pending.get(message.id);
    if (!call && !this.abandoned.delete(message.id)) throw new Error('an answer to no call');
    this.settle(message.id);
    if (!call) return;
    const left = Left.safeParse(message.left);
    if (left.success) call.onLeft?.({ remaining: left.data.remaining, ...(left.data.limit !== undefined && { limit: left.data.limit }) });
    if (message.type === 'failure') return call.failed(this.failure(message.error));
    try {
      call.done(this.opened(message.body));
    } catch (error) {
      call.failed(isDriverError(error) ? (error as DriverError) : new DriverError('UNKNOWN', `driver ${this.options.label} gave an answer that cannot be read`));
    }
  }

  private opened(body: unknown): unknown {
    if (!(body instanceof Uint8Array) || body.length > MAX_ANSWER_BYTES) throw new Error('no readable body');
    const answer: unknown = deserialize(body);
    const why = whyNotPlain(answer);
    if (why !== undefined) throw new DriverError('UNKNOWN', `driver ${this.options.label} gave an answer that is not taken: ${why}`);
    return answer;
  }

  /** A driver's failure as the host's own error: known code, known members, no secret. */
  private failure(given: unknown): DriverError {
    const parsed = Failure.safeParse(given);
    if (!parsed.success) return new DriverError('UNKNOWN', `driver ${this.options.label} failed and did not say why`);
    const { code, message, detail } = parsed.data;
    const known = DRIVER_ERROR_CODES.includes(code as DriverErrorCode);
    const clean = (text: string): string => this.options.redactor.clean(text);
    const kept = Object.entries(detail ?? {}).filter(([, value]) => value !== undefined).map(([key, value]) => [key, typeof value === 'string' ? clean(value) : value]);
    return new DriverError(known ? (code as DriverErrorCode) : 'UNKNOWN', clean(known || code === undefined ? message : `${message} (error code ${code} is not one of the SDK)`), Object.fromEntries(kept) as DriverErrorDetail);
  }

  private beat(): void {
    if (!this.ready) return;
    if (this.missed >= MISSED_HEARTBEATS) return this.kill(`did not react for ${(MISSED_HEARTBEATS * HEARTBEAT_MS) / 1000} s: its event loop is blocked`);
    this.missed += 1;
    this.pings += 1;
    this.say({ type: 'ping' });
  }

  /** What the system says counts; a driver could tell anything. */
  private async weigh(toldBytes: number): Promise<void> {
    const status = process.platform === 'linux' ? await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '') : '';
    const seen = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    this.rssBytes = seen === undefined ? toldBytes : Number(seen) * 1024;
    if (this.rssBytes > MAX_RSS_BYTES) this.kill(`used ${Math.round(this.rssBytes / 1048576)} MiB of memory, above the limit of ${MAX_RSS_BYTES / 1048576}`);
  }

  private kill(cause: string): void {
    if (!this.alive) return;
    this.cause ??= cause;
    this.child.kill('SIGKILL');
  }

  private end(code: number | null, signal: NodeJS.Signals | null): string {
    this.alive = false;
    const how = this.cause ?? (signal === 'SIGABRT' || code === 134 ? `ran out of memory (limit ${HEAP_MIB} MiB) or aborted` : `ended by itself (${signal ?? `status ${code}`})`);
    const error = this.gone(how);
    this.onLoaded(how);
    for (const { failed } of this.pending.values()) failed(error);
    this.pending.clear();
    return how;
  }

  private gone(how: string): DriverError {
    const error = new DriverError('UNAVAILABLE', `the process of driver ${this.options.label} ${how}; it is started again with the next call`);
    return this.stopping ? error : ownFault(error);
  }
}
