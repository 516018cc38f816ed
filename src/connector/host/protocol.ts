import type { CallsLeft, ConnectInput, DriverErrorDetail, Traits } from '@mcmp/driver-sdk';
import type { FenceRules } from './fence.js';

/** What the host says to a driver's process. `id` belongs to one answer or failure; `session` names a connected account. */
export type ToChild =
  | { type: 'load'; entry: string; maxAnswerBytes: number; fence: FenceRules }
  | { type: 'fence'; fence: FenceRules }
  | { type: 'connect'; id: number; session: string; input: ConnectInput }
  | { type: 'call'; id: number; session: string; method: string; request: unknown }
  | { type: 'abort'; id: number }
  | { type: 'close'; session: string }
  | { type: 'ping' }
  | { type: 'stop' };

/** What a driver's process says to the host, which believes none of it unchecked. */
export type FromChild =
  | { type: 'loaded'; problem?: string }
  /** `body` is the answer in V8's own serialisation (node:v8), so that its size is known before it travels. */
  | { type: 'answer'; id: number; body: Uint8Array; left?: CallsLeft }
  | { type: 'failure'; id: number; error: PlainError; left?: CallsLeft }
  | { type: 'pong'; rssBytes: number };

/** An error as plain data; without `code` it was not a DriverError. */
export interface PlainError {
  code?: string;
  message: string;
  detail?: DriverErrorDetail;
}

/** Answer of `connect`: the session's traits, and the methods of each handler group that it has. */
export interface ConnectAnswer {
  traits: Traits;
  groups: Record<string, string[]>;
}

/** Largest answer in bytes that leaves a driver's process. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
