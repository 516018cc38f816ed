import type { DriverError, DriverErrorCode } from '../errors.js';
import { isDriverError } from '../errors.js';

/** The driver does not hold the contract. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
}

/** The check says nothing here: something that it needs is not promised, not given, or (`consequence`) failed in another check. */
export class CheckSkipped extends Error {
  override readonly name = 'CheckSkipped';
  constructor(message: string, readonly consequence = false) {
    super(message);
  }
}

/** Leaves the check without a verdict. */
export const skip = (why: string): never => {
  throw new CheckSkipped(why);
};

/** A value in few words, for messages. */
export function show(value: unknown): string {
  if (value instanceof Error || isDriverError(value)) return showError(value);
  let text: string | undefined;
  try {
    text = typeof value === 'function' ? 'a function' : JSON.stringify(value);
  } catch {
    text = String(value);
  }
  const shown = text ?? String(value);
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown;
}

/** An error in few words: its code where it has one. */
export function showError(error: unknown): string {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  if (message === undefined && name === undefined) return `the value ${JSON.stringify(error)} was thrown`;
  return isDriverError(error) ? `${String(code)}: ${String(message)}` : `${String(name)}: ${String(message)}`;
}

/** @throws CheckFailure unless the condition holds. */
export function ensure(condition: unknown, why: string): asserts condition {
  if (!condition) throw new CheckFailure(why);
}

/** @throws CheckFailure unless both are alike as JSON. */
export function ensureSame(actual: unknown, expected: unknown, what: string): void {
  ensure(JSON.stringify(actual) === JSON.stringify(expected), `${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** @throws CheckFailure unless both lists hold the same texts, in any order and each once. */
export const ensureSameSet = (actual: readonly string[], expected: readonly string[], what: string): void => ensureSame([...actual].sort(), [...expected].sort(), what);

/** @throws CheckFailure where two items have the same key. */
export function ensureNoTwin(keys: readonly string[], what: string): void {
  const seen = new Set<string>();
  const twin = keys.find((key) => seen.size === seen.add(key).size);
  ensure(twin === undefined, `${what}: ${show(twin)} is there twice`);
}

/**
 * Awaits a refusal.
 * @throws CheckFailure where the call answers, or fails with something else than a DriverError of these codes.
 */
export async function ensureRefused(call: Promise<unknown>, codes: readonly DriverErrorCode[], what: string): Promise<DriverError> {
  const wanted = codes.join(' or ');
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof CheckSkipped || error instanceof CheckFailure) throw error;
    ensure(isDriverError(error), `${what}: expected a DriverError ${wanted}, got ${showError(error)}`);
    ensure(codes.includes(error.code), `${what}: expected ${wanted}, got ${showError(error)}`);
    return error;
  }
  throw new CheckFailure(`${what}: expected ${wanted}, but it was answered: ${show(answer)}`);
}
