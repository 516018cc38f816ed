/** A flag of a command. */
export interface Flag {
  /** Without its dashes. */
  name: string;
  short?: string;
  /** `list` may be given several times; with `commas` each may hold several values too. */
  type: 'boolean' | 'text' | 'number' | 'list';
  commas?: true;
  /** What stands for its value in the help, e.g. `FILE`. */
  value?: string;
  values?: string[];
  default?: string;
  description: string;
  /** Whose names complete it. */
  completes?: Completable;
}

/** An argument of a command, by its place. */
export interface Argument {
  /** As the help shows it, e.g. `MCI`. */
  name: string;
  required: boolean;
  /** Takes all that follow. */
  many?: true;
  completes?: Completable;
}

/** Things whose names are asked of the server to complete a word. */
export type Completable = 'mci' | 'vm' | 'connection' | 'driver' | 'operation' | 'project' | 'region' | 'repository' | 'profile';

/** Values of flags, by name. */
export class Flags {
  constructor(private readonly values: Map<string, string | number | boolean | string[]>) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.values.get(name);
    return value === undefined ? undefined : String(value);
  }

  number(name: string): number | undefined {
    const value = this.values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** Undefined where neither the flag nor its `--no-` was given. */
  truth(name: string): boolean | undefined {
    const value = this.values.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  list(name: string): string[] {
    const value = this.values.get(name);
    return Array.isArray(value) ? value : [];
  }
}
