/**
 * How the host and a driver's process speak: frames over a socket, a length in four bytes and then V8's serialisation. Not Node's own IPC, whose
 * other end trusts what comes: a driver can write into any descriptor of its process, and a broken message there would end the server.
 * Both ends load this file, so it imports nothing but Node.
 */
import { deserialize, serialize } from 'node:v8';

/** Descriptor of the channel in a driver's process. */
export const CHANNEL_FD = 3;
const HEAD_BYTES = 4;

/** One message as it travels. */
export function framed(message: unknown): Buffer {
  const body = serialize(message);
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Takes messages out of a stream of bytes. */
export class FrameReader {
  private readonly head = Buffer.alloc(HEAD_BYTES);
  private body: Buffer | undefined;
  private filled = 0;

  constructor(private readonly maxBytes: number, private readonly onMessage: (message: unknown) => void) {}

  /** @throws Error where the bytes are no frames, or a message is larger than it may be, and what `onMessage` throws */
  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length || this.body?.length === 0;) {
      const target = this.body ?? this.head;
      const taken = chunk.copy(target, this.filled, from);
      from += taken;
      this.filled += taken;
      if (this.filled < target.length) return;
      this.filled = 0;
      if (this.body) {
        this.body = undefined;
        this.onMessage(deserialize(target));
      } else this.body = this.bodyOf(this.head.readUInt32BE());
    }
  }

  private bodyOf(length: number): Buffer {
    if (length > this.maxBytes) throw new Error(`a message of ${length} bytes`);
    return Buffer.allocUnsafe(length);
  }
}
