import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, Failure } from './failure.js';
import { hasEnded, type OperationItem } from './operation.js';
import { type PlaceCounts, progressOn } from './progress.js';
import type { Session } from './session.js';
import { watchOperation } from './watch.js';

/** VMs are asked for at most so often, and never for more than a fifth of the time. */
const LOOK_MS = 1000;

/** Follows an operation on the terminal until it ends, and tells what came of it. @returns the exit code; Ctrl-C leaves the operation running */
export async function follow(session: Session, id: string, first?: OperationItem): Promise<number> {
  const operation = await watched(session, id, first);
  if (!session.output.forPeople) await session.output.thing(operation);
  else tellEnd(session, operation);
  return operation.state === 'succeeded' ? EXIT.ok : EXIT.failed;
}

/** The operation once it has ended; how it goes is shown meanwhile. `beside` says that it is not what the call was made for, so that a pipe does not hold it. */
export async function watched(session: Session, id: string, first?: OperationItem, beside = false): Promise<OperationItem> {
  const { api, output, terminal, signal } = session;
  const progress = progressOn(terminal, { asResult: output.forPeople && (!beside || terminal.live), quiet: session.flags.truth('quiet') ?? false });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Failure(EXIT.interrupted, 'interrupted'));
  process.once('SIGINT', interrupt);
  const places = new Places(session);
  let last = first;
  const show = (): void => {
    if (last) progress.show(last, places.now);
  };
  if (first) show();
  const ticking = setInterval(() => { if (terminal.live) show(); }, 1000);
  const looking = terminal.live || first?.target.type === 'mci' ? places.keepLooking(() => last, show, stop.signal) : Promise.resolve();
  try {
    const ended = await watchOperation(api, id, {
      changed: (operation) => {
        last = operation;
        show();
      },
      lost: (why) => progress.say(`${api.url} does not answer (${why}): waiting for it; the operation is not lost.`),
      found: () => progress.say(`${api.url} is back.`),
    }, AbortSignal.any([stop.signal, signal]));
    await places.look(ended);
    last = ended;
    show();
    return ended;
  } catch (error) {
    if (error instanceof Failure && error.help.length === 0 && [EXIT.interrupted, EXIT.unavailable].includes(error.exit as 8)) throw new Failure(error.exit, error.exit === EXIT.interrupted ? 'the operation goes on in the server' : error.message, againHelp(id));
    if (error instanceof Failure && error.exit === EXIT.denied) throw new Failure(error.exit, error.message, [...error.help, ...againHelp(id)]);
    throw error;
  } finally {
    stop.abort();
    clearInterval(ticking);
    process.off('SIGINT', interrupt);
    progress.end();
    await looking;
  }
}

const againHelp = (id: string): string[] => [`See it again: mcmp operation watch ${id}`, `End it: mcmp operation cancel ${id}`];

/** What came of an operation, for a person. */
function tellEnd({ terminal, output, flags }: Session, operation: OperationItem): void {
  const seconds = operation.finishedAt ? ((Date.parse(operation.finishedAt) - Date.parse(operation.createdAt)) / 1000).toFixed(1) : undefined;
  const colour = operation.state === 'succeeded' ? 'green' : operation.state === 'failed' ? 'red' : 'yellow';
  if (!flags.truth('quiet') || operation.state !== 'succeeded') output.done(`${terminal.paint(colour, operation.state)}${operation.message ? `: ${operation.message}` : ''}${seconds === undefined ? '' : ` (${seconds} s)`}`);
  for (const { count, code, message, help, targets } of operation.errors) {
    const names = targets.slice(0, 5).join(', ') + (count > 5 ? ` and ${count - 5} more` : '');
    terminal.note(`${terminal.paint('red', `${count} × ${code}`, 'error')}: ${message}${names ? ` (${names})` : ''}${help ? `\n  ${help}` : ''}`);
  }
}

interface VmCount { region: string; cloud: string; state: string }

/** VMs of the MCI that an operation is about, by place and state. */
class Places {
  now: PlaceCounts[] = [];
  constructor(private readonly session: Session) {}

  /** Looks again and again while the operation runs. */
  async keepLooking(operation: () => OperationItem | undefined, changed: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = Date.now();
      const current = operation();
      if (current && !hasEnded(current)) {
        await this.look(current);
        if (!signal.aborted) changed();
      }
      const pause = Math.max(LOOK_MS, (Date.now() - began) * 5);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Failing to look is no failure of the operation: what was seen last stays. */
  async look({ kind, projectId, target }: OperationItem): Promise<void> {
    if (target.type !== 'mci' || projectId === null || kind === 'mci.command') return;
    try {
      const { items } = await this.session.api.pages(`/v1/projects/${projectId}/mcis/${target.id}/vms`, { pageSize: 200 });
      const places = new Map<string, Record<string, number>>();
      for (const { cloud, region, state } of items as unknown as VmCount[]) {
        const states = places.get(`${cloud} ${region}`) ?? {};
        states[state] = (states[state] ?? 0) + 1;
        places.set(`${cloud} ${region}`, states);
      }
      if (places.size > 0) this.now = [...places].map(([place, states]) => ({ place, states })).sort((a, b) => a.place.localeCompare(b.place));
      else this.now = [];
    } catch {
      // The server is away, or the MCI is gone.
    }
  }
}

/** After a request that began an operation: follows it where that was asked for, else says how to. @returns the exit code */
export async function begun(session: Session, operation: OperationItem, watch: boolean): Promise<number> {
  if (watch) return follow(session, operation.id, operation);
  const { output, terminal } = session;
  if (!output.forPeople) await output.thing(operation);
  else {
    output.done(`${operation.kind} of ${operation.target.name}: ${operation.state} as operation ${operation.id}`);
    terminal.note(`Follow it: mcmp operation watch ${operation.id}`);
  }
  return EXIT.ok;
}
