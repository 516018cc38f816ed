import type { CallRecord, Fault } from '../../drivers/simulator/world/types.js';
import { type Running, run } from '../../src/cli/processes.js';

/** A thing as the control door shows it. */
export interface BoxThing { id: string; kind: string; cloud: string; account: string; region: string; name: string; tags: Record<string, string>; state: string }

/** The cloud in a box as a process of its own, asked for the truth through its control door. */
export class Box {
  private constructor(readonly running: Running, readonly control: string, readonly wires: Record<string, string>) {}

  /** `--allow-signals` lets a fault end a process of this test at an exact call. */
  static async start(logFile: string, options: { timeScale: number; seed: number }): Promise<Box> {
    const running = await run('drivers/simulator/main.js', ['--port', '0', '--time-scale', String(options.timeScale), '--seed', String(options.seed), '--allow-signals'], {}, /^\{.*"control"/, logFile);
    const { control, wires } = JSON.parse(running.line) as { control: string; wires: Record<string, string> };
    return new Box(running, control, wires);
  }

  /** Everything that exists, seen or not, over all clouds. */
  async things(): Promise<BoxThing[]> {
    return (await this.ask<{ items: BoxThing[] }>('GET', '/control/resources')).items;
  }

  async credential(cloud: string, account: string): Promise<{ accessKeyId: string; secretKey: string }> {
    return this.ask('GET', `/control/credential?cloud=${cloud}&account=${account}`);
  }

  /** Calls after this number of the log. */
  async calls(after: number): Promise<CallRecord[]> {
    return (await this.ask<{ items: CallRecord[] }>('GET', `/control/calls?after=${after}&limit=10000`)).items;
  }

  /** Number of the last call. */
  async lastCall(): Promise<number> {
    return (await this.ask<{ last: number }>('GET', '/control/calls?limit=1')).last;
  }

  async faults(): Promise<Fault[]> {
    return this.ask('GET', '/control/faults');
  }

  async setFaults(faults: Fault[]): Promise<void> {
    await this.ask('DELETE', '/control/faults');
    if (faults.length > 0) await this.ask('POST', '/control/faults', faults);
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.control + path, { method, ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} of the box: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
}
