import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';

/** Ids that every line logged within carries. */
export interface LogContext {
  requestId?: string;
  operationId?: string;
  /** Where a line concerns several; in place of `operationId`. */
  operationIds?: string[];
  connectionId?: string;
}

const context = new AsyncLocalStorage<LogContext>();

/** Runs `work` so that each line it logs, at any depth, carries these ids beside those from outside. */
export const withLogContext = <T>(ids: LogContext, work: () => T): T => context.run({ ...context.getStore(), ...ids }, work);

/** Runs `work` with these ids alone, whatever those from outside are: for what outlives the work that began it. */
export const withOnlyLogContext = <T>(ids: LogContext, work: () => T): T => context.run(ids, work);

/** The part of a context that names operations: one where there is one, several where a thing serves them together. */
export const ofOperations = (ids: readonly string[]): LogContext => (ids.length === 0 ? {} : ids.length === 1 ? { operationId: ids[0] as string } : { operationIds: [...ids] });

/** The operations that a context names. */
export const operationsOf = ({ operationId, operationIds }: LogContext): string[] => operationIds ?? (operationId === undefined ? [] : [operationId]);

/** The ids of the work at hand. */
export const logContext = (): LogContext => context.getStore() ?? {};

export const LOG_LEVELS = ['info', 'warn', 'error', 'fatal'] as const;
/** Levels of the lines that followers hear. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line as followers hear it; its fields are redacted. */
export interface LogLine { at: string; level: LogLevel; message: string; fields: Record<string, unknown>; context: LogContext }

const SECRET_KEY = /authorization|password|secret|token$|credential|privatekey|api-?key|cookie/i;

/** A copy in which every value under a secret-looking key is replaced; deep, and safe against cycles. */
export function redact(value: unknown, depth = 0): unknown {
  if (depth > 8) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 200).map((item) => redact(item, depth + 1));
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack, code: (value as { code?: unknown }).code };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, SECRET_KEY.test(key) ? '[redacted]' : redact(item, depth + 1)]));
}

/** Structured JSON lines on stderr, so that stdout stays free for what a person asked for. */
export class Logger implements LoggerService {
  private readonly pino: Pino;
  private readonly followers = new Set<(line: LogLine) => void>();
  constructor(level: string, destination: NodeJS.WritableStream = process.stderr) {
    this.pino = pino({ level, base: null, mixin: () => ({ ...context.getStore() }), formatters: { level: (label) => ({ level: label }) }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  }

  debug(message: unknown, ...rest: unknown[]): void { this.write('debug', message, rest); }
  verbose(message: unknown, ...rest: unknown[]): void { this.write('trace', message, rest); }
  log(message: unknown, ...rest: unknown[]): void { this.write('debug', message, rest); }
  info(message: unknown, ...rest: unknown[]): void { this.write('info', message, rest); }
  warn(message: unknown, ...rest: unknown[]): void { this.write('warn', message, rest); }
  error(message: unknown, ...rest: unknown[]): void { this.write('error', message, rest); }
  fatal(message: unknown, ...rest: unknown[]): void { this.write('fatal', message, rest); }

  /** Hands every line from `info` on to `follower`, whatever level is written; it must be quick and must not log. Gives what ends that. */
  follow(follower: (line: LogLine) => void): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  private write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const fields: Record<string, unknown> = {};
    for (const item of rest) {
      if (item instanceof Error) fields.error = redact(item);
      else if (typeof item === 'object' && item !== null) Object.assign(fields, redact(item));
      else if (item !== undefined) fields.about = item;
    }
    if (message instanceof Error) fields.error = redact(message);
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : JSON.stringify(redact(message));
    this.pino[level](fields, text);
    if (this.followers.size === 0 || level === 'trace' || level === 'debug') return;
    const line: LogLine = { at: new Date().toISOString(), level, message: text, fields, context: { ...context.getStore() } };
    for (const follower of this.followers) follower(line);
  }
}
