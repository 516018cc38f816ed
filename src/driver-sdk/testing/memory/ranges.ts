import { Refusal } from './cloud.js';

/** Refuses a request as the cloud does. */
export const refuse = (code: string, message: string): never => {
  throw new Refusal(400, code, message);
};

/** First and last address of an IPv4 range. @throws Refusal BadValue. */
export function span(cidr: string): [number, number] {
  const [, base = '', bits = ''] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr) ?? refuse('BadValue', `${cidr} is no range.`);
  if (Number(bits) > 28 || base.split('.').some((part) => Number(part) > 255)) refuse('BadValue', `${cidr} is no range.`);
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

/** An address as text. */
export const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
