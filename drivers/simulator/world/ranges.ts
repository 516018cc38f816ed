import { WorldError } from './types.js';
import type { Kind } from './types.js';

/** An IPv4 range as numbers, last address included. */
export interface Range { first: number; last: number }

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Reads a CIDR. @throws WorldError INVALID_REQUEST, reason `form`, or `host-bits` where the address is not the first of its range. */
export function rangeOf(cidr: string, kind: Kind): Range {
  const parts = CIDR.exec(cidr)?.slice(1).map(Number);
  const refuse = (message: string, reason: string): never => {
    throw new WorldError('INVALID_REQUEST', message, { kind, field: 'cidr', reason });
  };
  if (!parts || parts.slice(0, 4).some((part) => part > 255) || (parts[4] ?? 0) > 32) return refuse(`'${cidr}' is no IPv4 range`, 'form');
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  if (first % size !== 0) return refuse(`'${cidr}' has host bits set; the range begins at ${addressText(first - (first % size))}`, 'host-bits');
  return { first, last: first + size - 1 };
}

export const overlap = (one: Range, other: Range): boolean => one.first <= other.last && other.first <= one.last;
export const contains = (outer: Range, inner: Range): boolean => outer.first <= inner.first && inner.last <= outer.last;

/** Dotted text of an address. */
export const addressText = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** Hands out addresses of a range, each to one holder at a time, going round so that a freed one rests before it is given again. */
export class AddressPool {
  readonly #used = new Set<number>();
  #next: number;
  constructor(private readonly range: Range, start = range.first, private readonly allowed: (address: number) => boolean = () => true) {
    this.#next = start;
  }

  /** undefined where all are taken. */
  take(): string | undefined {
    const size = this.range.last - this.range.first + 1;
    for (let tries = 0; tries < size; tries++) {
      const address = this.#next;
      this.#next = address >= this.range.last ? this.range.first : address + 1;
      if (this.#used.has(address) || !this.allowed(address)) continue;
      this.#used.add(address);
      return addressText(address);
    }
    return undefined;
  }

  /** Takes one address. @returns whether it was free. */
  claim(address: string): boolean {
    const value = numberOf(address);
    if (this.#used.has(value) || value < this.range.first || value > this.range.last) return false;
    this.#used.add(value);
    return true;
  }

  /** Marks an address as taken. */
  hold(address: string): void {
    const value = numberOf(address);
    this.#used.add(value);
    if (value >= this.#next) this.#next = value >= this.range.last ? this.range.first : value + 1;
  }

  release(address: string): void {
    this.#used.delete(numberOf(address));
  }
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Loopback addresses for public ones: 127.1.0.1 to 127.254.255.254, no first or last of a /24. `start` 0–1 says where in the range to begin, so that two boxes of one machine rarely meet. */
export function publicAddresses(start: number): AddressPool {
  const range = { first: numberOf('127.1.0.0'), last: numberOf('127.254.255.255') };
  return new AddressPool(range, range.first + Math.floor(start * (range.last - range.first)), (address) => address % 256 !== 0 && address % 256 !== 255);
}

/** Addresses of a subnet for VMs: without the first four and the last, which clouds keep for themselves. */
export function privateAddresses(cidr: string): AddressPool {
  const range = rangeOf(cidr, 'subnet');
  return new AddressPool({ first: range.first + 4, last: range.last - 1 });
}
