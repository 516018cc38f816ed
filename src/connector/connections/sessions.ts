import { type Capability, DriverError, type Manifest, type Traits, isDriverError } from '@mcmp/driver-sdk';
import { type Logger, logContext, operationsOf } from '../../platform/index.js';
import type { ConnectionRef, CloudCallOptions, CloudMethod, CloudRequest, CloudResult, CloudSession } from '../session.js';
import type { DriverHost, DriverSession } from '../host/index.js';
import type { FieldValues } from './fields.js';
import { readPages } from './pages.js';

/** Everything that a driver needs to connect; lives in memory only. */
export interface OpenConnection {
  connection: ConnectionRef;
  manifest: Manifest;
  credential: FieldValues;
  endpoint?: string;
  options: FieldValues;
  /** A new one makes the driver connect anew. */
  revision: string;
  /** Whose API budget its calls use, as far as it is known. */
  account: string;
}

/** What is heard of a kept session: that the cloud does not know its credential any more, and that a call went well after that; `taken` gives whether all is well again, else it is told anew later. */
export interface Hearer { refused(error: DriverError): void; taken(): Promise<boolean> }

const DEAF: Hearer = { refused: () => undefined, taken: async () => true };
/** From one word of `taken` to the next, at first; where the cloud cannot make up its mind it becomes longer. */
const PACE_MS = 60_000;
const PACE_AT_MOST_MS = 3_600_000;

type ListMethod = Extract<CloudMethod, `${string}.list`>;
type Items<M extends ListMethod> = CloudResult<M> extends { items: (infer T)[] } ? T[] : never;

/** A driver's session in the shape that the other domains use; no error that leaves it holds a secret of the credential. */
class HostedSession implements CloudSession {
  private readonly secrets: string[];
  private toldAt = -Infinity;
  private paceMs = PACE_MS / 2;
  constructor(
    readonly connection: ConnectionRef,
    readonly manifest: Manifest,
    readonly traits: Traits,
    private readonly driver: DriverSession,
    credential: FieldValues,
    private readonly hearer: Hearer,
    /** Whether the cloud refused its credential the last time. */
    private refused: boolean,
    private readonly logger: Logger,
  ) {
    this.secrets = secretValues(manifest, credential);
  }

  has(capability: Capability): boolean {
    return this.manifest.capabilities.includes(capability);
  }

  async call<M extends CloudMethod>(method: M, request: CloudRequest<M>, options: CloudCallOptions = {}): Promise<CloudResult<M>> {
    const began = performance.now();
    try {
      const result = (await this.driver.call(method, request, options)) as CloudResult<M>;
      this.tell(method, request, began);
      if (this.refused) this.taken();
      return result;
    } catch (thrown) {
      const error = withoutSecrets(thrown, this.secrets);
      this.tell(method, request, began, error);
      if (isDriverError(error) && error.code === 'UNAUTHENTICATED') {
        this.refused = true;
        this.hearer.refused(error);
      }
      throw error;
    }
  }

  private taken(): void {
    if (performance.now() - this.toldAt < this.paceMs) return;
    this.toldAt = performance.now();
    this.paceMs = Math.min(this.paceMs * 2, PACE_AT_MOST_MS);
    void this.hearer.taken().then((well) => { this.refused = !well; }, () => undefined);
  }

  /** What changes a cloud is told in the log of the operation that wants it; looks are too many. */
  private tell(method: CloudMethod, request: unknown, began: number, error?: unknown): void {
    if (LOOKS.test(method) || operationsOf(logContext()).length === 0) return;
    const { region, id, name } = request as { region?: string; id?: string; name?: string };
    const about = { connection: this.connection.name, region, ...(id !== undefined && { id }), ...(name !== undefined && { name }), ms: Math.round(performance.now() - began) };
    if (error === undefined) this.logger.info(`${this.connection.cloud}: ${method} is done`, about);
    else if (isDriverError(error)) this.logger.warn(`${this.connection.cloud}: ${method} was refused. ${error.code}: ${error.message}`, { ...about, code: error.code, providerCode: error.detail?.providerCode, providerRequestId: error.detail?.providerRequestId });
  }

  all<M extends ListMethod>(method: M, request: CloudRequest<M>, options?: CloudCallOptions): Promise<Items<M>> {
    const read = (pageToken?: string) => this.call(method, { ...(request as object), ...(pageToken !== undefined && { pageToken }) } as CloudRequest<M>, options);
    return readPages(method, read as never) as Promise<Items<M>>;
  }
}

/** Methods that only look. */
const LOOKS = /\.(list|get|find|describe|quota)/;

const secretValues = (manifest: Manifest, credential: FieldValues): string[] =>
  manifest.credential.filter((field) => field.secret).map((field) => credential[field.name]).filter((value): value is string => value !== undefined && value.length >= 4);

/** The same error with each of `secrets` blotted out of its texts. */
function withoutSecrets(error: unknown, secrets: string[]): unknown {
  if (!isDriverError(error)) return error;
  const blot = (text: string): string => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
  if (![error.message, ...Object.values(error.detail ?? {})].some((text) => typeof text === 'string' && blot(text) !== text)) return error;
  const detail = Object.fromEntries(Object.entries(error.detail ?? {}).map(([key, value]) => [key, typeof value === 'string' ? blot(value) : (value as unknown)]));
  return new DriverError(error.code, blot(error.message), detail);
}

/** Opens sessions through the driver host and keeps one per connection, revision and driver version. */
export class Sessions {
  private readonly open = new Map<string, { stamp: string; session: Promise<CloudSession> }>();
  /** Cloud accounts by connection: what a connection is of may be learned while it is in use. */
  private readonly accounts = new Map<string, string>();
  constructor(private readonly host: DriverHost, private readonly logger: Logger) {
    host.onChange(({ added, removed }) => {
      for (const { name } of [...added, ...removed]) for (const [id, { stamp }] of this.open) if (stamp.startsWith(`${name}@`)) this.open.delete(id);
    });
  }

  /** The kept session, if it is still of this revision and this version of the driver; its calls use the budget of `account` from now on. */
  kept(connectionId: string, driver: string, revision: string, account: string | undefined): Promise<CloudSession> | undefined {
    const kept = this.open.get(connectionId);
    if (kept && account !== undefined) this.accounts.set(connectionId, account);
    return kept?.stamp === this.stamp(driver, revision) ? kept.session : undefined;
  }

  /** Opens a session and keeps it; `refused` says whether the cloud refused its credential the last time. */
  keep(input: OpenConnection, hearer: Hearer, refused: boolean): Promise<CloudSession> {
    const { id, driver } = input.connection;
    const session = this.connect(input, hearer, refused);
    this.open.set(id, { stamp: this.stamp(driver, input.revision), session });
    session.catch(() => {
      if (this.open.get(id)?.session === session) this.open.delete(id);
    });
    return session;
  }

  /** Opens a session that is not kept, to try a credential before it is written down. */
  async connect(input: OpenConnection, hearer = DEAF, refused = false): Promise<CloudSession> {
    const { connection, manifest, credential, endpoint, options, revision, account } = input;
    this.accounts.set(connection.id, account);
    try {
      const driver = this.host.open({ key: connection.id, driver: connection.driver, credential, options, revision, spender: { account: () => this.accounts.get(connection.id) ?? account, workspaceId: connection.workspaceId }, ...(endpoint !== undefined && { endpoint }) });
      return new HostedSession(connection, manifest, await driver.traits(), driver, credential, hearer, refused, this.logger);
    } catch (error) {
      throw withoutSecrets(error, secretValues(manifest, credential));
    }
  }

  /** Lets the driver forget the account; a session that is asked for later connects anew. */
  forget(connectionId: string): void {
    this.open.delete(connectionId);
    this.accounts.delete(connectionId);
    this.host.close(connectionId);
  }

  private stamp(driver: string, revision: string): string {
    return `${driver}@${this.host.find(driver)?.hash ?? 'missing'}#${revision}`;
  }
}
