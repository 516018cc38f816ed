import { Problem, type ProblemCode } from '../../kernel/problem.js';

interface Refusal { name: 'BundleError'; message: string; rule?: string; file?: string }
const isRefusal = (error: unknown): error is Refusal => (error as Error)?.name === 'BundleError';

const asProblem = (error: unknown, code: ProblemCode, field: string): unknown => {
  if (!isRefusal(error)) return error;
  return new Problem(code, `The ${code === 'INVALID_REQUEST' ? `field ${field}` : 'bundle'} is refused: ${error.message}.`.replace(/\.\.$/, '.'), { errors: [{ field: error.file ?? field, rule: error.message }], cause: error });
};

/** Runs work on a bundle or a key; what breaks a rule of bundles becomes a Problem that names the file. */
export function refusedBundle<T>(code: ProblemCode, field: string, work: () => T): T {
  const thrown = (error: unknown): never => { throw asProblem(error, code, field); };
  try {
    const made = work();
    return made instanceof Promise ? (made.catch(thrown) as T) : made;
  } catch (error) {
    return thrown(error);
  }
}
