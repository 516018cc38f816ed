import type { CloudCallOptions } from '../session.js';

/** Who goes first where the limit makes calls wait; also the purpose that a call is counted under. */
export type Priority = NonNullable<CloudCallOptions['priority']>;
export const PRIORITIES = ['person', 'provisioning', 'reconcile', 'inventory'] as const satisfies readonly Priority[];

/** One who waits. */
export interface Waiter { priority: Priority; workspaceId: string; go(): void }

/** The line of one workspace; `turn` is how far it has been served, in a time that all lines of a priority share. */
interface Line { turn: number; waiters: Set<Waiter> }

/** Callers by priority, and within one priority by turns of the workspaces: the thousand calls of one do not keep another waiting. */
export class FairQueue {
  private readonly lines = new Map<Priority, Map<string, Line>>(PRIORITIES.map((priority) => [priority, new Map()]));
  private readonly turns = new Map<Priority, number>();
  private readonly counts: Record<Priority, number> = { person: 0, provisioning: 0, reconcile: 0, inventory: 0 };

  get size(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.counts[priority], 0);
  }

  /** How many wait, by priority. */
  get waiting(): Readonly<Record<Priority, number>> {
    return this.counts;
  }

  add(waiter: Waiter): void {
    const lines = this.linesOf(waiter.priority);
    // One that comes anew begins with the present turn: nobody saves turns up.
    const line = lines.get(waiter.workspaceId) ?? { turn: this.turns.get(waiter.priority) ?? 0, waiters: new Set() };
    lines.set(waiter.workspaceId, line);
    line.waiters.add(waiter);
    this.counts[waiter.priority] += 1;
  }

  /** Gives up a place; no matter if it has been served. */
  leave(waiter: Waiter): void {
    const lines = this.linesOf(waiter.priority);
    const line = lines.get(waiter.workspaceId);
    if (!line?.waiters.delete(waiter)) return;
    this.counts[waiter.priority] -= 1;
    if (line.waiters.size === 0) lines.delete(waiter.workspaceId);
  }

  /** Takes out whose turn it is. */
  next(): Waiter | undefined {
    const priority = PRIORITIES.find((one) => this.counts[one] > 0);
    if (!priority) return undefined;
    const line = [...this.linesOf(priority).values()].reduce((first, other) => (other.turn < first.turn ? other : first));
    const [waiter] = line.waiters as Set<Waiter> & Iterable<Waiter>;
    this.turns.set(priority, line.turn);
    line.turn += 1;
    if (waiter) this.leave(waiter);
    return waiter;
  }

  private linesOf(priority: Priority): Map<string, Line> {
    return this.lines.get(priority) as Map<string, Line>;
  }
}
