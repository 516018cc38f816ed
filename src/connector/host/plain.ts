/** What an answer may weigh when it is written out: a few bytes can refer to one large thing a million times, and everything behind here copies it each time. */
const MAX_WEIGHT = 64 * 1024 * 1024;
const VALUE_WEIGHT = 16;
const MAX_DEPTH = 64;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * Holds an answer to plain data of a bearable size, and mends what those behind stumble over: NUL and halves of surrogate
 * pairs, which PostgreSQL refuses, become U+FFFD, and a member `__proto__` is left out.
 * @returns why it is none, or undefined
 */
export function whyNotPlain(answer: unknown): string | undefined {
  let weight = 0;
  const open: [value: object, depth: number][] = [];
  const look = (value: unknown, depth: number): string | undefined => {
    weight += VALUE_WEIGHT + (typeof value === 'string' ? value.length : 0);
    if (typeof value === 'bigint') return 'it holds a BigInt, which is no plain data: write it as a text';
    if (typeof value === 'number' && !Number.isFinite(value)) return `it holds the number ${value}, which JSON has no word for`;
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value) && Object.getPrototypeOf(Object.getPrototypeOf(value)) !== null) return `it holds a ${value.constructor.name}, which is no plain data`;
    if (depth > MAX_DEPTH) return `it is more than ${MAX_DEPTH} levels deep, or a circle`;
    open.push([value, depth]);
    return undefined;
  };
  let why = look(answer, 0);
  for (let next = open.pop(); next && why === undefined; next = open.pop()) {
    const [holder, depth] = next as [Record<string, unknown>, number];
    // A sparse array has a length that costs nothing.
    if (Array.isArray(holder) && weight + holder.length * VALUE_WEIGHT > MAX_WEIGHT) return tooHeavy();
    for (const key of Object.keys(holder)) {
      weight += key.length;
      if (key === '__proto__') {
        delete holder[key];
        continue;
      }
      const value = holder[key];
      if (typeof value === 'string' && unsayable(value)) holder[key] = value.replaceAll('\0', '\ufffd').replace(LONE_SURROGATES, '\ufffd');
      why ??= look(value, depth + 1);
      if (why !== undefined || weight > MAX_WEIGHT) return why ?? tooHeavy();
    }
  }
  return why;
}

const unsayable = (text: string): boolean => text.includes('\0') || text.search(LONE_SURROGATES) >= 0;
const tooHeavy = (): string => `it is above the limit of ${MAX_WEIGHT} bytes when written out; give smaller pages`;
