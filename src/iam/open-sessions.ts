/** How often it is looked at whether sessions were ended at another server. */
const LOOK_MS = 10_000;

/** What is open at this server by sessions of browsers, and is to end with them. */
export class OpenSessions {
  private readonly open = new Map<string, Set<() => void>>();
  private looking: NodeJS.Timeout | undefined;

  /** @param endedAmong tells which of some sessions were ended, at whatever server. */
  constructor(private readonly endedAmong: (ids: string[]) => Promise<Set<string>>) {}

  /** Has `end` called when the session is ended; gives how to be told no more. */
  whileOpen(id: string, end: () => void): () => void {
    const ends = this.open.get(id) ?? new Set();
    this.open.set(id, ends.add(end));
    this.looking ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.open.get(id) === ends) this.open.delete(id);
      if (this.open.size > 0) return;
      clearInterval(this.looking);
      this.looking = undefined;
    };
  }

  /** Ends what is open by a session. */
  end(id: string): void {
    for (const end of [...(this.open.get(id) ?? [])]) end();
  }

  private async look(): Promise<void> {
    // A database that is away for a moment ends nobody's work.
    const ended = await this.endedAmong([...this.open.keys()]).catch(() => []);
    for (const id of ended) this.end(id);
  }
}
