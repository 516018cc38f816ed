/**
 * IP addresses as eight numbers of 16 bits, and ranges of them. Imports nothing and calls no method of a builtin after it was loaded: a driver may have put its own in their place.
 */
export type Address = readonly number[];
/** An address, and how many of its first bits count. */
export interface Range { address: Address; bits: number }

const HEX: Record<string, number> = Object.assign(Object.create(null) as object, Object.fromEntries([...'0123456789abcdef'].flatMap((digit, value) => [[digit, value], [digit.toUpperCase(), value]])));

/** `10.0.0.1` or `fe80::1`; an IPv4 address in whatever IPv6 wraps it (mapped, NAT64) is that IPv4 address. Undefined for all else, zones (`%eth0`) included. */
export function addressOf(text: string): Address | undefined {
  const four = ipv4(text, 0);
  if (four) return wrapped(four);
  const all = ipv6(text);
  if (!all) return undefined;
  const nat64 = all[0] === 0x64 && all[1] === 0xff9b;
  const inner = !all[2] && !all[3] && !all[4] && (nat64 || (!all[0] && !all[1] && all[5] === 0xffff));
  return inner ? wrapped([all[6] ?? 0, all[7] ?? 0]) : all;
}

/** `169.254.0.0/16`, `fd00:ec2::254`. */
export function rangeOf(text: string): Range | undefined {
  const [head = '', tail, ...more] = text.split('/');
  const address = addressOf(head);
  const four = !head.includes(':');
  const most = four ? 32 : 128;
  if (!address || more.length > 0 || (tail !== undefined && !(/^\d{1,3}$/.test(tail) && Number(tail) <= most))) return undefined;
  return { address, bits: (four ? 96 : 0) + Number(tail ?? most) };
}

export function isWithin(address: Address, { address: from, bits }: Range): boolean {
  for (let at = 0, left = bits; left > 0; at += 1, left -= 16) {
    const shift = left >= 16 ? 0 : 16 - left;
    if ((address[at] ?? 0) >> shift !== (from[at] ?? 0) >> shift) return false;
  }
  return true;
}

const wrapped = (four: Address): Address => [0, 0, 0, 0, 0, 0xffff, four[0] ?? 0, four[1] ?? 0];

/** Four decimal numbers from `start` to the end of the text, as two of 16 bits. */
function ipv4(text: string, start: number): Address | undefined {
  const parts = [0, 0, 0, 0];
  let part = 0;
  let digits = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    const value = HEX[sign];
    if (sign === '.') {
      if (digits === 0 || part === 3) return undefined;
      part += 1;
      digits = 0;
    } else if (value === undefined || value > 9 || digits === 3) return undefined;
    else {
      digits += 1;
      parts[part] = (parts[part] ?? 0) * 10 + value;
      if ((parts[part] ?? 0) > 255) return undefined;
    }
  }
  if (part !== 3 || digits === 0) return undefined;
  return [(parts[0] ?? 0) * 256 + (parts[1] ?? 0), (parts[2] ?? 0) * 256 + (parts[3] ?? 0)];
}

function ipv6(text: string): Address | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  /** Groups before `::`. */
  let gap: number | undefined;
  for (let at = 0; at < text.length;) {
    if (text[at] === ':' && text[at + 1] === ':') {
      if (gap !== undefined || text[at + 2] === ':') return undefined;
      gap = count;
      at += 2;
      continue;
    }
    if (at > 0 && text[at - 1] !== ':') {
      if (text[at] !== ':') return undefined;
      at += 1;
    }
    const four = count <= 6 ? ipv4(text, at) : undefined;
    if (four) {
      groups[count] = four[0] ?? 0;
      groups[count + 1] = four[1] ?? 0;
      count += 2;
      break;
    }
    let value = 0;
    let digits = 0;
    for (let digit = HEX[text[at] ?? '']; digit !== undefined; digit = HEX[text[at] ?? '']) {
      value = value * 16 + digit;
      digits += 1;
      at += 1;
    }
    if (digits < 1 || digits > 4 || count === 8) return undefined;
    groups[count] = value;
    count += 1;
  }
  if (gap === undefined) return count === 8 ? groups : undefined;
  if (count > 7) return undefined;
  const all = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < count; at += 1) all[at < gap ? at : 8 - count + at] = groups[at] ?? 0;
  return all;
}
