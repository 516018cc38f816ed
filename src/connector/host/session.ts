import { CAPABILITY_METHODS, type Capability, DriverError, type Manifest, type Traits, isDriverError } from '@mcmp/driver-sdk';
import type { ApiBudget, Permit, Priority } from '../budget/budget.js';
import type { CloudCallOptions, CloudMethod, CloudRequest, CloudResult } from '../session.js';
import { Deadline, NotSentError } from './deadline.js';
import { functionOf } from './functions.js';
import { deadlineOf, fieldOf } from '@mcmp/driver-sdk/bundle';
import { RequestRefused } from './refused.js';
import { isRepeatable, retryAfter } from './retry.js';
import type { DriverRunner, OpenInput } from './runner.js';
import { SHAPES, requestShape } from './shapes.js';

/** How a call is made; `retries: false` sends it once. */
export interface DriverCallOptions extends CloudCallOptions { retries?: boolean }

/** A connected account of a driver; the version that is current at the time of a call serves it. */
export interface DriverSession {
  /** @throws DriverError UNAVAILABLE where the driver is not installed any more. */
  readonly manifest: Manifest;
  /** Connects where that is not done yet. */
  traits(): Promise<Traits>;
  /**
   * Calls a method: request checked, rate limit waited for, sent, retried where that is safe, answer checked.
   * @throws DriverError with the driver's code, or the host's: INVALID_REQUEST (as RequestRefused), UNSUPPORTED, TIMEOUT, UNAVAILABLE, RATE_LIMITED (never sent), UNKNOWN (wrong shape).
   */
  call<M extends CloudMethod>(method: M, request: CloudRequest<M>, options?: DriverCallOptions): Promise<CloudResult<M>>;
}

/** What a session needs of its host. */
export interface Serving {
  budget: ApiBudget;
  /** The runner of the driver's current version. */
  runner(driver: string): DriverRunner;
}

const CONNECT_MS = 30_000;

/** The guarded way to a driver: everything that stands between a caller and a process. */
export class GuardedSession implements DriverSession {
  constructor(private readonly input: OpenInput, private readonly host: Serving) {}

  get manifest(): Manifest {
    return this.host.runner(this.input.driver).driver.manifest;
  }

  async traits(): Promise<Traits> {
    const deadline = new Deadline(CONNECT_MS, `${this.input.driver} connect`);
    return this.host.runner(this.input.driver).use(async (runner) => (await runner.connected(this.input, deadline)).traits);
  }

  async call<M extends CloudMethod>(method: M, request: CloudRequest<M>, options: DriverCallOptions = {}): Promise<CloudResult<M>> {
    const { manifest } = this;
    refuseUnknown(manifest, method);
    const checked = requestShape(method).safeParse(request);
    if (!checked.success) throw new RequestRefused(method, checked.error.issues);
    const own = method === 'function.call' ? functionOf(manifest, (checked.data as { name: string }).name) : undefined;
    own?.checkInput((checked.data as { input?: unknown }).input);
    const deadline = new Deadline(options.deadlineMs ?? deadlineOf(manifest, method), `${manifest.name} ${method}`, options.signal);
    for (let tries = 1; ; tries += 1) {
      deadline.check();
      const permit = await this.permit(method, checked.data, options.priority ?? 'reconcile', deadline);
      // Until it is sent, any call may be tried again.
      let repeatable = true;
      let sent = false;
      try {
        return await this.host.runner(this.input.driver).use(async (runner) => {
          const account = await runner.connected(this.input, deadline);
          repeatable = own ? own.read : isRepeatable(method, account.traits);
          sent = true;
          const raw = await account.call(method, checked.data, deadline, (left) => permit.left(left));
          permit.done();
          const answer = checkedAnswer(method, runner.driver.label, raw);
          own?.checkOutput((answer as { output?: unknown }).output);
          return answer;
        });
      } catch (error) {
        if (!sent || error instanceof NotSentError) permit.unsent();
        if (isDriverError(error) && error.code === 'RATE_LIMITED') permit.refused(error.detail.retryAfterMs);
        permit.done();
        if (!isDriverError(error)) throw error;
        const afterMs = options.retries === false ? undefined : retryAfter(error, { method, tries, repeatable });
        // What would begin after the end is not begun: the caller learns the real reason instead of a mere timeout.
        if (afterMs === undefined || afterMs >= deadline.remainingMs) throw error;
        await deadline.sleep(afterMs);
      }
    }
  }

  private permit(method: string, request: unknown, priority: Priority, deadline: Deadline): Promise<Permit> {
    const { manifest, input } = this;
    const { spender } = input;
    const { region, names, ids } = request as { region?: string; names?: unknown[]; ids?: unknown[] };
    return this.host.budget.take({ account: spender?.account() ?? `${manifest.name}|${input.key}`, workspaceId: spender?.workspaceId ?? '', manifest, method, items: (names ?? ids)?.length ?? 1, region, priority }, deadline);
  }
}

function refuseUnknown(manifest: Manifest, method: string): void {
  const [capability = '', name = ''] = method.split('.');
  const methods = (CAPABILITY_METHODS as Partial<Record<string, readonly string[]>>)[capability];
  if (!methods?.includes(name) && !methods?.includes(`${name}?`)) throw new DriverError('INVALID_REQUEST', `${method} is not a method of the driver SDK`);
  if (!manifest.capabilities.includes(capability as Capability)) throw new DriverError('UNSUPPORTED', `driver ${manifest.name} ${manifest.version} has no capability "${capability}"`);
}

function checkedAnswer<M extends CloudMethod>(method: M, label: string, answer: unknown): CloudResult<M> {
  const parsed = SHAPES[method].result.safeParse(answer);
  if (parsed.success) return parsed.data as CloudResult<M>;
  const [issue] = parsed.error.issues;
  throw new DriverError('UNKNOWN', `driver ${label} answered ${method} with a wrong shape: field ${fieldOf(issue?.path ?? []) || '(whole answer)'}: ${issue?.message ?? 'wrong'}`);
}
