/**
 * Where a value is not plain data, as a path with the reason, e.g. `items[0].createdAt is a Date`; undefined where all of it is plain.
 * Plain: texts, booleans, finite numbers, null, arrays, and objects without a class; a member that is `undefined` counts as absent.
 */
export function notPlain(value: unknown, path = 'the answer', depth = 0): string | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== 'object') return `${path} is a ${typeof value}`;
  if (depth > 20) return `${path} is too deep, or holds itself`;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = item === undefined ? `${path}[${index}] is undefined` : notPlain(item, `${path}[${index}]`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // Compared by shape, since plain objects of another realm have another Object.prototype.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return `${path} is a ${(value as object).constructor?.name ?? 'class instance'}`;
  for (const [key, member] of Object.entries(value)) {
    const found = notPlain(member, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All texts within a value that a person or a log could see, of an error its message, detail, stack and cause. */
export function textsOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > 8) return '';
  return [...new Set([...Object.getOwnPropertyNames(value)])].map((key) => textsOf((value as Record<string, unknown>)[key], depth + 1)).join('\n');
}
