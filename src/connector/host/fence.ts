/**
 * Keeps a driver's process from what only M-CMP's own machine can reach: metadata services, which hand the machine's cloud credentials to whoever asks, and M-CMP's and its
 * database's own ports. Stands where Node hands a resolved address to the system, so that no name, redirect or library goes around it. Loaded before the driver; imports Node alone.
 */
import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { type Address, type Range, addressOf, isWithin, rangeOf } from './address.js';

/** What is behind the fence beside metadata, and what is not. */
export interface FenceRules {
  /** Ports of M-CMP's own; without `address` on whatever address this machine has. */
  own: { port: number; address?: string }[];
  /** Addresses and ranges (`169.254.169.254`, `169.254.0.0/16`) that are open although they are link-local or of a metadata service. */
  open: string[];
}

export interface Fence {
  /** Takes these rules instead of those before. */
  set(rules: FenceRules): void;
  /** Connections refused so far, and the last of them in words. */
  refused: { count: number; last: string };
}

/** Link-local addresses, and metadata services elsewhere: of AWS (IPv6), Alibaba, Oracle, Azure (wire server), Google (IPv6). */
const METADATA = ranges(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd20:ce::254']);
const LOOPBACK = ['127.0.0.0/8', '::1', '0.0.0.0/8', '::'];

type Handle = Record<string, ((...args: unknown[]) => number) | undefined>;
let built = false;

/** Builds the fence, once: a driver that finds this module gets no second one. @param channel any socket of a pipe */
export function fenceIn(channel: Socket): Fence {
  if (built) throw new Error('the fence stands');
  built = true;
  const denied = [...getSystemErrorMap()].find(([, [name]]) => name === 'EACCES')?.[0] ?? -13;
  const refused = { count: 0, last: '' };
  const refuse = (what: string): number => {
    refused.count += 1;
    refused.last = what;
    return denied;
  };
  let here: Range[] = [];
  let open: Range[] = [];
  let own = Object.create(null) as Record<number, { address: Address | undefined } | undefined>;

  const why = (text: unknown, port: unknown): string | undefined => {
    if (typeof text !== 'string' || typeof port !== 'number') return 'an address that is none';
    const address = addressOf(text);
    if (!address) return 'a link-local address, or one that is none';
    const ours = own[port];
    if (ours && (ours.address ? isWithin(address, { address: ours.address, bits: 128 }) : anyHolds(here, address))) return `${text}:${port}, which is M-CMP's own`;
    if (anyHolds(METADATA, address) && !anyHolds(open, address)) return `${text}, which is link-local or a cloud's metadata service: an administrator can open it by MCMP_DRIVERS_MAY_REACH`;
    return undefined;
  };
  const guard = (holder: Handle, name: string): void => {
    const before = holder[name];
    if (typeof before !== 'function') throw new Error(`this Node has no ${name} to fence in`);
    const call = Function.prototype.call.bind(before) as (...args: unknown[]) => number;
    const guarded = function (this: unknown, request: unknown, address: unknown, port: unknown): number {
      const reason = why(address, port);
      return reason === undefined ? call(this, request, address, port) : refuse(reason);
    };
    Object.defineProperty(holder, name, { value: guarded, writable: false, configurable: false });
  };
  const close = (holder: Handle, names: string[], what: string): void => {
    for (const name of names) if (typeof holder[name] === 'function') Object.defineProperty(holder, name, { value: () => refuse(what), writable: false, configurable: false });
  };

  const tcp = tcpHandle();
  guard(tcp, 'connect');
  guard(tcp, 'connect6');
  close(tcp, ['listen'], 'a port to listen on');
  close(pipeHandle(channel), ['connect', 'bind', 'listen'], 'a socket in the file system');
  close(udpHandle(), ['bind', 'bind6', 'connect', 'connect6', 'send', 'send6'], 'datagrams');

  return {
    refused,
    set(rules) {
      const ours = Object.create(null) as typeof own;
      for (const { port, address } of rules.own) ours[port] = { address: address === undefined ? undefined : addressOf(address) };
      here = ranges([...LOOPBACK, ...Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))]);
      open = ranges(rules.open);
      own = ours;
    },
  };
}

function ranges(texts: string[]): Range[] {
  return texts.map(rangeOf).filter((range) => range !== undefined);
}

/** Without the array's own methods, which a driver may have changed. */
function anyHolds(list: Range[], address: Address): boolean {
  for (let at = 0; at < list.length; at += 1) if (isWithin(address, list[at] as Range)) return true;
  return false;
}

/** What all TCP sockets of this process share: made by a socket that is ended before it begins. */
function tcpHandle(): Handle {
  const socket = new Socket().on('error', () => undefined);
  socket.connect({ host: '127.0.0.1', port: 9 });
  const shared = sharedOf((socket as unknown as { _handle: object })._handle, 'connect');
  socket.destroy();
  return shared;
}

const pipeHandle = (channel: Socket): Handle => sharedOf((channel as unknown as { _handle: object })._handle, 'connect');

function udpHandle(): Handle {
  const socket = createSocket('udp4');
  const parts = socket as unknown as Record<symbol, { handle?: object } | undefined>;
  const shared = sharedOf(Object.getOwnPropertySymbols(socket).map((symbol) => parts[symbol]?.handle).find((handle) => handle !== undefined), 'send');
  socket.close();
  return shared;
}

/** The prototype that holds a method of a handle. */
function sharedOf(handle: object | undefined, method: string): Handle {
  let level: object | null = handle ?? null;
  while (level && !Object.hasOwn(level, method)) level = Object.getPrototypeOf(level) as object | null;
  if (!level) throw new Error(`this Node has no ${method} to fence in`);
  return level as Handle;
}
