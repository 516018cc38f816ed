import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { EXIT, Failure, wrongUsage } from './failure.js';

/** A server, who one is there, and what one works on. */
export interface Profile {
  /** e.g. `https://mcmp.example.com`, without a slash at its end. */
  url: string;
  username?: string;
  /** Name of the project; `default` where it is absent. */
  project?: string;
  output?: string;
  token?: string;
  /** When the token ends, ISO 8601. */
  expiresAt?: string;
}
interface ProfileFile { current: string; profiles: Record<string, Profile> }

/** Names of profiles. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

/** The folder of the person's own settings: `$XDG_CONFIG_HOME/mcmp` or `~/.config/mcmp`. */
export function configFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME;
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.config'), 'mcmp');
}

/** Writes a file that its owner alone may read: whole or not at all, in a folder of the same kind. */
export function writePrivate(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, file);
}

/** Closes a file to others where it was open to them. @returns whether it was */
export function closeToOthers(file: string): boolean {
  if (process.platform === 'win32') return false;
  const open = (statSync(file).mode & 0o077) !== 0;
  if (open) chmodSync(file, 0o600);
  return open;
}

/** The profiles of a person, in one file that nobody else may read. */
export class Profiles {
  private readonly file: string;
  constructor(folder: string, private readonly warn: (text: string) => void) {
    this.file = join(folder, 'profiles.json');
  }

  /** Names of all. */
  names(): string[] {
    return Object.keys(this.read().profiles);
  }

  /** Name of the one that is used where none is named. */
  current(): string {
    return this.read().current;
  }

  /** One by name, if there is one. */
  find(name: string): Profile | undefined {
    const { profiles } = this.read();
    return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  }

  /** Keeps a profile; the first one becomes the current one. */
  keep(name: string, profile: Profile): void {
    if (!NAME.test(name)) throw wrongUsage(`"${name}" is no name for a profile: letters, digits, dot, hyphen and underscore`);
    const { current, profiles } = this.read();
    this.write({ current: Object.keys(profiles).length === 0 ? name : current, profiles: { ...profiles, [name]: profile } });
  }

  /** Makes one the current one. @throws Failure NOT_FOUND */
  use(name: string): void {
    this.require(name);
    this.write({ ...this.read(), current: name });
  }

  /** Removes one. @throws Failure NOT_FOUND */
  remove(name: string): void {
    this.require(name);
    const { current, profiles } = this.read();
    const rest = Object.fromEntries(Object.entries(profiles).filter(([other]) => other !== name));
    this.write({ current: current === name ? (Object.keys(rest)[0] ?? 'default') : current, profiles: rest });
  }

  /** @throws Failure NOT_FOUND */
  require(name: string): Profile {
    const found = this.find(name);
    if (!found) throw new Failure(EXIT.notFound, `there is no profile "${name}"`, [`There are: ${this.names().join(', ') || 'none yet'}. \`mcmp login URL --profile ${name}\` makes it.`]);
    return found;
  }

  private read(): ProfileFile {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: 'default', profiles: {} };
      throw new Failure(EXIT.failed, `${this.file} cannot be read: ${(error as Error).message}`);
    }
    if (closeToOthers(this.file)) this.warn(`others could read ${this.file}; it is yours alone now. If somebody may have seen its tokens, wait out their life or ask for MCMP_SECRET_KEY to be changed.`);
    try {
      const { current, profiles } = JSON.parse(text) as ProfileFile;
      if (typeof current === 'string' && typeof profiles === 'object' && profiles !== null) return { current, profiles };
    } catch {
      // told below
    }
    throw new Failure(EXIT.failed, `${this.file} is damaged`, ['Move it away and log in again: mcmp login']);
  }

  private write(file: ProfileFile): void {
    writePrivate(this.file, `${JSON.stringify(file, null, 2)}\n`);
  }
}
