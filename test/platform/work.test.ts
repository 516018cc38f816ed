import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NameTakenError } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';
import { type WorkServer, startWorkServer } from './work-program.js';

interface Note { key: string; server: string; attempt: number; started: Date; ended: Date | null; aborted: boolean }

let url: string;
let drop: () => Promise<void>;
let one: WorkServer;
const children: ChildProcess[] = [];
const environment = (name: string): Record<string, string> => ({ DATABASE_URL: url, MCMP_SERVER_NAME: name });

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  one = await startWorkServer(environment('one'), (work) => work.sweep('note', async () => swept));
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await one?.close();
  await drop?.();
});
const swept: string[] = [];

const notes = (key: string): Promise<Note[]> => one.database.dataSource.query('SELECT key, server, attempt, started, ended, aborted FROM public.note WHERE key LIKE $1 ORDER BY id', [key]);

/** Looks until `test` holds for the notes of a key; gives them. */
async function until(key: string, test: (found: Note[]) => boolean, limitMs = 25_000): Promise<Note[]> {
  for (const end = Date.now() + limitMs; ; await delay(20)) {
    const found = await notes(key);
    if (test(found)) return found;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${JSON.stringify(found)}`);
  }
}
const ended = (count: number) => (found: Note[]): boolean => found.filter((note) => note.ended).length >= count;
const overlapping = (found: Note[]): boolean => found.some((a, i) => found.slice(i + 1).some((b) => a.started < (b.ended as Date) && b.started < (a.ended as Date)));

/** The same server as a process of its own. */
async function child(name: string): Promise<ChildProcess> {
  const started = spawn(process.execPath, ['--enable-source-maps', 'dist/test/platform/work-program.js'], { env: { PATH: process.env.PATH, ...environment(name) }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(started);
  await new Promise<void>((done, failed) => { started.stdout.once('data', () => done()); started.once('exit', (code) => failed(new Error(`status ${code}`))); });
  return started;
}

describe('a wake', () => {
  it('runs the key when its transaction has committed, and never if it has not', async () => {
    await one.database.transaction(async (manager) => {
      await one.work.wake(manager, 'note', 'lost');
      throw new Error('no');
    }).catch(() => undefined);
    await one.database.transaction(async (manager) => {
      await one.work.wake(manager, 'note', 'kept');
      await delay(50);
      expect(await notes('kept')).toEqual([]);
    });
    await until('kept', ended(1));
    expect(await notes('lost')).toEqual([]);
  });

  it('in the middle of a run gives one more run after it, and never one beside it', async () => {
    await one.work.wake(undefined, 'note', 'take-2000-a');
    await until('take-2000-a', (found) => found.length === 1);
    for (let i = 0; i < 20; i++) await one.work.wake(undefined, 'note', 'take-2000-a');
    const found = await until('take-2000-a', ended(2));
    expect(overlapping(found)).toBe(false);
    await delay(300);
    expect(await notes('take-2000-a')).toHaveLength(2);
  });

  it('takes the earliest of the times that wait, whichever was said last', async () => {
    await one.work.wake(undefined, 'note', 'early', { inMs: 600_000 });
    await one.work.wake(undefined, 'note', 'early', { inMs: 100 });
    await one.work.wake(undefined, 'note', 'early', { inMs: 500_000 });
    await until('early', ended(1));
  });

  it('is not put off by a run that asks for another one later', async () => {
    await one.work.wake(undefined, 'note', 'again-600000-a');
    await until('again-600000-a', ended(1));
    await one.work.wake(undefined, 'note', 'again-600000-a');
    await until('again-600000-a', ended(2));
  });
});

describe('a run', () => {
  it('that throws is run again, each time as a further attempt', async () => {
    await one.work.wake(undefined, 'note', 'fail-2-a');
    const found = await until('fail-2-a', ended(3));
    expect(found.map((note) => note.attempt)).toEqual([1, 2, 3]);
  });

  it('that asks for it is run again after that time', async () => {
    await one.work.wake(undefined, 'note', 'again-200-a');
    const [first, second] = (await until('again-200-a', ended(2))) as [Note, Note];
    expect(second.started.getTime() - (first.ended as Date).getTime()).toBeGreaterThanOrEqual(200);
  });

  it('is found by the sweep where its job was lost', async () => {
    swept.push('swept');
    await until('swept', ended(1));
    swept.pop();
  });
});

describe('two servers', () => {
  it('share keys, and never run two of one lane at once', async () => {
    const two = await startWorkServer(environment('two'));
    try {
      for (let i = 0; i < 24; i++) await one.work.wake(undefined, 'note', `take-30-lane${i % 2}-${i}`, { lane: `lane${i % 2}` });
      for (let i = 0; i < 40; i++) await one.work.wake(undefined, 'note', `take-100-free-${i}`);
      const free = await until('take-100-free-%', ended(40));
      expect(new Set(free.map((note) => note.server))).toEqual(new Set(['one', 'two']));
      for (const lane of ['lane0', 'lane1']) {
        const found = await until(`take-30-${lane}-%`, ended(12));
        expect(found).toHaveLength(12);
        expect(overlapping(found)).toBe(false);
      }
    } finally {
      await two.close();
    }
  });

  it('cannot have one name', async () => {
    await expect(startWorkServer(environment('one'))).rejects.toThrow(NameTakenError);
  });
});

describe('servers that end', () => {
  /** Wakes a key that hangs, and gives the server that runs it and the other one. */
  async function hang(key: string): Promise<{ at: ChildProcess; atName: string; otherName: string }> {
    const [two, three] = await Promise.all([child('two'), child('three')]);
    await one.work.wake(undefined, 'killed', key);
    const [run] = await until(key, (found) => found.length === 1);
    return run?.server === 'two' ? { at: two, atName: 'two', otherName: 'three' } : { at: three, atName: 'three', otherName: 'two' };
  }
  const end = async (): Promise<void> => {
    for (const process of children.splice(0)) if (process.exitCode === null && process.signalCode === null) {
      process.kill('SIGKILL');
      await new Promise((done) => process.once('exit', done));
    }
  };

  it('by themselves abort what they run and leave it to the other', async () => {
    const { at, atName, otherName } = await hang('hang-stop');
    at.kill('SIGTERM');
    const found = await until('hang-stop', (all) => all.length === 2);
    expect(found.map((note) => [note.server, note.aborted])).toEqual([[atName, true], [otherName, false]]);
    await end();
  });

  it('by SIGKILL are taken over from, and so are parked wakes', async () => {
    const { at, atName, otherName } = await hang('hang-kill');
    await one.work.wake(undefined, 'killed', 'hang-kill');
    at.kill('SIGKILL');
    const found = await until('hang-kill', (all) => all.length === 2);
    expect(found.map((note) => [note.server, note.ended])).toEqual([[atName, null], [otherName, null]]);
    await end();
  });

  it('by SIGKILL and are back go on with their own', async () => {
    const two = await child('two');
    await one.work.wake(undefined, 'killed', 'hang-back');
    await until('hang-back', (found) => found.length === 1);
    two.kill('SIGKILL');
    await child('two');
    await until('hang-back', (all) => all.length === 2);
    await end();
  });

  it('by hanging lose what they held, stop acting when they wake, and join again', async () => {
    const { at, atName, otherName } = await hang('hang-frozen');
    at.kill('SIGSTOP');
    await until('hang-frozen', (all) => all.length === 2);
    at.kill('SIGCONT');
    const found = await until('hang-frozen', (all) => all[0]?.ended !== null);
    expect(found.map((note) => [note.server, note.aborted])).toEqual([[atName, true], [otherName, false]]);
    for (const process of children) if (process !== at) process.kill('SIGKILL');
    await until('hang-frozen', (all) => all.length === 3 && all[2]?.server === atName);
    await end();
  });
});
