/** An IPv4 range as numbers: addresses `first` … `last`. */
export interface Range { first: number; last: number; prefix: number }

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Reads `10.0.0.0/16`; undefined where it is no IPv4 range or has host bits set. */
export function parseCidr(text: string): Range | undefined {
  const parts = CIDR.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [a, b, c, d, prefix] = parts as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

/** Whether two ranges share an address. */
export const overlaps = (one: string, two: string): boolean => {
  const [left, right] = [parseCidr(one), parseCidr(two)];
  return left !== undefined && right !== undefined && left.first <= right.last && right.first <= left.last;
};

const format = (first: number, prefix: number): string => `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;

/** The first `/prefix` within `within` that overlaps none of `taken`; undefined where there is none. */
export function freeCidr(within: string, prefix: number, taken: readonly string[]): string | undefined {
  const outer = parseCidr(within);
  if (!outer || prefix < outer.prefix) return undefined;
  const ranges = taken.map(parseCidr).filter((range) => range !== undefined);
  const size = 2 ** (32 - prefix);
  for (let first = outer.first; first + size - 1 <= outer.last; first += size) {
    if (!ranges.some((range) => range.first <= first + size - 1 && first <= range.last)) return format(first, prefix);
  }
  return undefined;
}

/** Range of private networks from which the platform takes (RFC 1918), and the size of a network and of a subnet. */
export const NETWORKS = { within: '10.0.0.0/8', prefix: 16, subnetPrefix: 20 } as const;
