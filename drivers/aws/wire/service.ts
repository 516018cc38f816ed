import type { World } from '../../simulator/world/types.js';
import type { Caller } from './sigv4.js';

export const CLOUD = 'aws';

/** A request whose body was read; its caller is known. */
export interface Request {
  caller: Caller;
  headers: Record<string, string | string[] | undefined>;
  query: string;
  body: Buffer;
  requestId: string;
}

export interface Answer { status: number; contentType: string; text: string }

/** One AWS service behind the port. */
export interface Service {
  /** Name in the credential scope, e.g. `servicequotas`. */
  name: string;
  /** @throws what {@link Service.refuse} then says; LostAnswer goes through. */
  answer(world: World, request: Request): Promise<Answer>;
  /** Says any error in this protocol's form; a SignatureError comes from the door before. */
  refuse(error: unknown, requestId: string): Answer;
}

/** For the person at the console of the box: a fault of the wire itself, never the caller's. */
export const reportBug = (error: unknown, requestId: string): void => {
  process.stderr.write(`ec2 wire: ${requestId}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};
