import { setMaxListeners } from 'node:events';
import type { Manifest } from '@mcmp/driver-sdk';
import { ApiBudget, type BudgetCall } from '../../src/connector/budget/budget.js';
import type { Ask } from '../../src/connector/budget/control.js';
import { MemoryLedger } from '../../src/connector/budget/ledger.js';
import { Deadline } from '../../src/connector/host/deadline.js';
import { SimulatedTime } from './simulated-time.js';

/** A cloud, the servers that call it, and what lies between them. */
export interface FlowInput {
  seed: number;
  /** What the cloud allows. */
  burst: number;
  perSecond: number;
  /** Whether the manifest tells it, or what the manifest tells instead. */
  published: boolean;
  told?: { burst: number; perSecond: number };
  servers: number;
  seconds: number;
  /** Whether the cloud says how long to wait. */
  tellsWait: boolean;
  /** Longest time of a call's way there, and of its way back. */
  networkMs: number;
  /** Instead of a steady flood: each so many seconds ten callers make ten calls each, when somebody else has just spent of the same account all but what is left. */
  rounds?: { everyS: number; left: number; told: boolean };
}

export interface Flow {
  taken: number;
  refused: number;
  /** Part of the calls that the cloud refused. */
  throttled: number;
  /** Part of what the cloud's bucket would have given that was used. */
  used: number;
  /** Second of each refusal. */
  refusals: number[];
  exchanges: number;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Servers with always more to send than a cloud allows, by the real budget, in simulated time; their clocks differ, timers are late, and every way takes its time. */
export async function flow(input: FlowInput): Promise<Flow> {
  const random = randomOf(input.seed);
  const time = new SimulatedTime(() => random() * 2 + (random() < 0.01 ? random() * 40 : 0));
  const { burst, perSecond } = input;
  const cloud = { tokens: burst, at: 0 };
  const counted = { taken: 0, refusals: [] as number[], exchanges: 0 };
  const ask = (): number | undefined => {
    cloud.tokens = Math.min(burst, cloud.tokens + ((time.ms - cloud.at) / 1000) * perSecond);
    cloud.at = time.ms;
    if (cloud.tokens < 1) {
      counted.refusals.push(Math.round(time.ms) / 1000);
      return Math.ceil(((1 - cloud.tokens) / perSecond) * 1000);
    }
    cloud.tokens -= 1;
    counted.taken += 1;
    return undefined;
  };
  const ledger = new MemoryLedger(() => time.ms);
  const call: BudgetCall = { account: 'a', workspaceId: 'w', manifest: { name: 'x', limits: input.published ? [{ methods: ['*'], scope: 'region', ...(input.told ?? { burst, perSecond }) }] : [] } as unknown as Manifest, method: 'vm.list', region: 'r', priority: 'inventory' };
  time.begin();
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const budgets: ApiBudget[] = [];
  try {
    for (let index = 0; index < input.servers; index += 1) {
      const skewMs = random() * 100_000;
      const drift = 1 + (random() - 0.5) * 0.0004;
      const exchange = async (asks: Ask[]) => {
        counted.exchanges += 1;
        await time.wait(0.5 + random() * 4 + (random() < 0.01 ? 100 * random() : 0));
        const grants = asks.map((one) => ledger.settle(one, input.servers));
        await time.wait(0.5 + random() * 4);
        return grants;
      };
      const budget = new ApiBudget({ now: () => skewMs + time.ms * drift, shared: { exchange } });
      budgets.push(budget);
      const loop = async (calls = Infinity): Promise<void> => {
        for (let made = 0; made < calls && !end.signal.aborted; made += 1) {
          const permit = await budget.take(call, new Deadline(1e9, 'flood', end.signal)).catch(() => undefined);
          if (!permit) return;
          await time.wait(1 + random() * input.networkMs);
          const waitMs = ask();
          const remaining = Math.floor(cloud.tokens);
          await time.wait(1 + random() * input.networkMs * (waitMs === undefined ? 4 : 1));
          if (input.rounds?.told) permit.left({ remaining });
          if (waitMs === undefined) permit.done();
          else {
            permit.refused(input.tellsWait ? waitMs : undefined);
            await time.wait(random() * 200);
          }
        }
      };
      const { rounds } = input;
      if (!rounds) for (let caller = 0; caller < 10 + perSecond * 0.3; caller += 1) void loop();
      else void (async () => {
        while (!end.signal.aborted) {
          cloud.tokens = Math.min(cloud.tokens, rounds.left);
          await Promise.all(Array.from({ length: 10 }, () => loop(10)));
          await time.wait(rounds.everyS * 1000 - (time.ms % (rounds.everyS * 1000)));
        }
      })();
    }
    await time.pass(input.seconds * 1000);
    const { taken, refusals, exchanges } = counted;
    const refused = refusals.length;
    return { taken, refused, throttled: refused / (taken + refused), used: taken / (burst + perSecond * input.seconds), refusals, exchanges };
  } finally {
    end.abort();
    await Promise.all(budgets.map((budget) => budget.stop()));
    time.end();
  }
}
