import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BoxWorld, Snapshot } from './world/index.js';

/** Ports that clients were told, by door: `control` or a wire's name. */
export type Ports = Record<string, number>;
interface Saved { world: Snapshot; ports: Ports }

const EVERY_MS = 1_000;

/** The box in a file: read at the start, written again at most once a second while something changes, and at the end. */
export class StateFile {
  #written = -1;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly path: string) {}

  /** undefined where there is no file yet. @throws Error where it is no state. */
  read(): Saved | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const saved = JSON.parse(text) as Partial<Saved> | null;
      if (!Array.isArray(saved?.world?.things)) throw new Error('it has no things');
      return { world: saved.world, ports: saved.ports ?? {} };
    } catch (cause) {
      throw new Error(`${this.path} holds no state of the box; move it away to begin anew`, { cause });
    }
  }

  /** Writes what changed since the last time; whoever reads finds the old state or the new one, whole. */
  save(world: BoxWorld, ports: Ports): void {
    if (world.revision === this.#written) return;
    const saved: Saved = { world: world.snapshot(), ports };
    // Taking the snapshot makes happen what is due, which counts as a change too.
    const revision = world.revision;
    writeFileSync(`${this.path}.new`, JSON.stringify(saved));
    renameSync(`${this.path}.new`, this.path);
    this.#written = revision;
  }

  /** Saves from now on. `onError` hears of what went wrong; the next second tries again. */
  keep(world: BoxWorld, ports: Ports, onError: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      try {
        this.save(world, ports);
      } catch (error) {
        onError(error);
      }
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
