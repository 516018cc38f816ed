import { Api } from './http.js';
import { durationOf } from './arguments.js';
import type { Flags } from './flags.js';
import { EXIT, Failure, wrongUsage } from './failure.js';
import { Output } from './output.js';
import { type Profile, Profiles, configFolder } from './profiles.js';
import type { Terminal } from './terminal.js';

/** Where a server answers that was started as the README says. */
export const DEFAULT_URL = 'http://127.0.0.1:8080';

/** The address without a slash at its end. @throws Failure (usage) */
export function urlOf(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    url = undefined;
  }
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw wrongUsage(`"${text}" is no address of a server, such as https://mcmp.example.com`);
  if (url.username !== '' || url.password !== '') throw wrongUsage('an address with a name or password in it is not taken: `mcmp login` asks for them');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** One call of the program: who calls which server, in which project, and how results are written. Flags go before the environment, and that before the profile. */
export class Session {
  readonly folder: string;
  readonly profiles: Profiles;
  readonly output: Output;
  /** Ends with --timeout. */
  readonly signal: AbortSignal;
  private client: Api | undefined;

  constructor(readonly flags: Flags, readonly terminal: Terminal, readonly environment: NodeJS.ProcessEnv = process.env) {
    this.folder = configFolder(environment);
    this.profiles = new Profiles(this.folder, (text) => terminal.warn(text));
    if (flags.truth('quiet')) terminal.silence();
    const limit = flags.number('limit');
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) throw wrongUsage('--limit is a whole number above 0');
    const timeout = flags.text('timeout');
    this.signal = timeout === undefined ? new AbortController().signal : timed(durationOf(timeout, 'timeout'), timeout);
    this.output = new Output(terminal, { format: flags.text('output') ?? this.profile?.output ?? 'table', columns: flags.list('columns'), header: !flags.truth('no-header'), quiet: flags.truth('quiet') ?? false });
  }

  /** The name of the profile in use. */
  get profileName(): string {
    return this.flags.text('profile') ?? (this.environment.MCMP_PROFILE || this.profiles.current());
  }

  /** The profile in use, if there is one. */
  get profile(): Profile | undefined {
    const named = this.flags.text('profile') ?? (this.environment.MCMP_PROFILE || undefined);
    return named === undefined ? this.profiles.find(this.profiles.current()) : this.profiles.find(named);
  }

  get url(): string {
    return urlOf(this.flags.text('url') ?? (this.environment.MCMP_URL || this.profile?.url || DEFAULT_URL));
  }

  get project(): string {
    return this.flags.text('project') ?? (this.environment.MCMP_PROJECT || this.profile?.project || 'default');
  }

  /** `/v1/projects/<project>`. */
  get projectPath(): string {
    return `/v1/projects/${encodeURIComponent(this.project)}`;
  }

  /** Most items of a list. */
  get limit(): number {
    return this.flags.number('limit') ?? Infinity;
  }

  /** What to run to log in to the server in use. */
  get loginCommand(): string {
    const profile = this.profileName;
    return `mcmp login ${this.url}${profile === 'default' ? '' : ` --profile ${profile}`}`;
  }

  /** The server, as who is logged in. @throws Failure (denied) where nobody is, or the login has ended */
  get api(): Api {
    return (this.client ??= this.open(this.token()));
  }

  /** The server without a login, for routes that need none. */
  get openApi(): Api {
    return this.open(undefined);
  }

  /** Another server, without a login. */
  at(url: string): Api {
    return this.open(undefined, url);
  }

  private open(token: string | undefined, url = this.url): Api {
    return new Api({ url, ...(token !== undefined && { token }), loginCommand: this.loginCommand, signal: this.signal, ...(this.flags.truth('debug') && { trace: (line: string) => process.stderr.write(`${line}\n`) }) });
  }

  /** A token is sent only to the server that gave it. */
  private token(): string {
    if (this.environment.MCMP_TOKEN) return this.environment.MCMP_TOKEN;
    const { profile } = this;
    if (this.flags.text('profile') !== undefined && !profile) this.profiles.require(this.profileName);
    if (profile?.token === undefined || profile.url !== this.url) throw new Failure(EXIT.denied, `you are not logged in to ${this.url}`, [`Log in: ${this.loginCommand}`, 'Or set MCMP_TOKEN.']);
    if (profile.expiresAt !== undefined && Date.parse(profile.expiresAt) <= Date.now()) throw new Failure(EXIT.denied, `your login to ${profile.url} ended at ${new Date(profile.expiresAt).toLocaleString()}`, [`Log in again: ${this.loginCommand}`]);
    return profile.token;
  }
}

function timed(ms: number, text: string): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Failure(EXIT.unavailable, `it was not done within ${text} (--timeout); what was begun goes on in the server`)), ms).unref();
  return controller.signal;
}
