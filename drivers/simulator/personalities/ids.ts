import { createHash } from 'node:crypto';

/** Lower-case hex digits of a text's SHA-256: ids that never change without being written down. */
export const digest = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** 32 hex digits as a UUID of version 4. */
export function uuid(hex: string): string {
  const variant = '89ab'[parseInt(hex[16] ?? '0', 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Hex digits as `length` digits of base 36, as Alibaba and Tencent write their ids. */
export const base36 = (hex: string, length: number): string => BigInt(`0x${hex}`).toString(36).padStart(length, '0').slice(-length);

/** Hex digits as a plain number of exactly `length` digits, as Google and NAVER number their things. */
export function decimal(hex: string, length: number): string {
  const least = 10n ** BigInt(length - 1);
  return String(least + (BigInt(`0x${hex}`) % (least * 9n)));
}
