import type { ConnectInput } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import * as operations from './ec2.js';
import { toDriverError } from './errors.js';
import { SERVICES, type Services } from './services/index.js';

/** A command of any of the vendor's clients, as far as its sending needs. */
interface Command<O> { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: O }> }
/** The way to send what belongs to one service in one region, for the length of one call of ours. */
export interface Sender {
  /** Sends one operation. @throws DriverError and nothing else. */
  send<O>(command: Command<O>): Promise<O>;
}
/** EC2 in one region: its operations by the vendor's own names, and the way to send them. */
export type Ec2 = typeof operations & Sender;
/** Another service, likewise. */
export type Service<S extends keyof Services> = Services[S] & Sender & { client: InstanceType<Services[S]['Client']> };

// The version is pinned, so its notice about later ones and Node 20 would only fill each driver's log.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

interface AnyClient { send(command: never, options: { abortSignal: AbortSignal }): Promise<unknown>; destroy(): void }

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** One account at AWS or at an endpoint that speaks like it: a client per service and region, made when it is first needed. */
export class Aws {
  /** Region of the calls that belong to no region: identity, list of regions, IAM, Route 53. */
  readonly homeRegion: string;
  readonly #clients = new Map<string, AnyClient>();
  readonly #secrets: string[];

  constructor(readonly input: ConnectInput) {
    this.homeRegion = input.options.homeRegion || 'us-east-1';
    this.#secrets = [input.credential.secretAccessKey, input.credential.sessionToken].filter((secret) => secret !== undefined && secret !== '') as string[];
  }

  async ec2(region: string, signal: AbortSignal): Promise<Ec2> {
    const client = this.#client('ec2', region, (settings) => new operations.EC2Client(settings));
    return { ...operations, send: (command) => this.#send('ec2', client, command, signal) };
  }

  /** Any other service; its library is loaded when it is first asked. */
  async service<S extends keyof Services>(name: S, region: string, signal: AbortSignal): Promise<Service<S>> {
    const library = (await SERVICES[name]()) as Services[S];
    const client = this.#client(name, region, (settings) => new library.Client({ ...settings, ...(name === 's3' ? this.#s3Settings() : {}) }) as AnyClient);
    return { ...library, client, send: <O>(command: Command<O>) => this.#send(name, client, command, signal) } as unknown as Service<S>;
  }

  /** Whether the partition is that of China, whose few global services live in Ningxia. */
  get china(): boolean {
    return this.homeRegion.startsWith('cn-');
  }

  /** Checksums only where AWS demands them: other stores often take none, and in a signed URL the library puts that of an empty body. Such stores tell buckets by path, not by host name. */
  #s3Settings(): object {
    return { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED', forcePathStyle: this.input.endpoint !== undefined };
  }

  #send<O>(service: string, client: AnyClient, command: Command<O>, signal: AbortSignal): Promise<O> {
    return this.guard(`${service}:${operationOf(command)}`, signal, () => client.send(command as never, { abortSignal: signal }) as Promise<O>);
  }

  /** Runs one call of the vendor's library, so that what comes out of it is a DriverError. */
  async guard<T>(operation: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      return await call();
    } catch (error) {
      throw toDriverError(error, operation, this.#secrets, signal);
    }
  }

  /** Whether an error says that the credential may not use this service, or that the endpoint does not have it: another endpoint than AWS's own then often answers with a page of its own. */
  lacks(error: unknown): boolean {
    if (!isDriverError(error)) return false;
    const { httpStatus, providerCode } = error.detail;
    return error.code === 'FORBIDDEN' || error.code === 'UNSUPPORTED' || (this.input.endpoint !== undefined && httpStatus !== undefined && (providerCode === undefined || httpStatus === 404));
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #client(service: string, region: string, make: (settings: ClientSettings) => AnyClient): AnyClient {
    if (!REGION.test(region)) throw new DriverError('INVALID_REQUEST', `'${region}' is not an AWS region id such as ap-northeast-2.`, { field: 'region' });
    const key = `${service}/${region}`;
    const client = this.#clients.get(key) ?? make(settingsOf(this.input, region));
    this.#clients.set(key, client);
    return client;
  }
}

type ClientSettings = ReturnType<typeof settingsOf>;

/** Everything that the library would otherwise look for in files and environment of the host is said here; its own retries are off, since our host retries. */
function settingsOf({ credential, endpoint }: ConnectInput, region: string) {
  return {
    region,
    ...(endpoint ? { endpoint } : {}),
    credentials: {
      accessKeyId: credential.accessKeyId ?? '', secretAccessKey: credential.secretAccessKey ?? '',
      ...(credential.sessionToken ? { sessionToken: credential.sessionToken } : {}),
    },
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    ignoreConfiguredEndpointUrls: true,
    userAgentAppId: 'mcmp',
    requestHandler: { connectionTimeout: 10_000, httpAgent: { keepAlive: true, maxSockets: 64 }, httpsAgent: { keepAlive: true, maxSockets: 64 } },
  };
}

/** Creates, which a second sending would make twice. All else looks, sets to a given value or takes away. */
const CREATES = /^(Create(?!Tags$)|Run|Allocate|Import|Copy|Put)/;
/** Sendings of one step, the first included: at three refusals in ten, one step in four hundred still fails. */
const STEP_TRIES = 5;

/**
 * The same service, whose refused steps are sent again. For calls of ours that are several of AWS's: the host can repeat the whole only, and of many steps one is always refused by a cloud that refuses often.
 * What was throttled was not done, and is sent again whatever it is; what failed by itself only where twice is no more than once.
 * @param once creates that may be repeated too, since AWS keeps a token of them or their second answer is understood.
 */
export function steady<T extends Sender>(service: T, signal: AbortSignal, once: string[] = []): T {
  return {
    ...service,
    async send<O>(command: Command<O>): Promise<O> {
      const operation = operationOf(command);
      const repeatable = !CREATES.test(operation) || once.includes(operation);
      for (let tries = 1; ; tries += 1) {
        try {
          return await service.send(command);
        } catch (error) {
          if (!isDriverError(error) || tries >= STEP_TRIES || signal.aborted) throw error;
          const again = error.code === 'RATE_LIMITED' || (repeatable && (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT'));
          if (!again) throw error;
          const waitMs = Math.max(error.detail.retryAfterMs ?? 0, Math.random() * 100 * 2 ** tries);
          await wait(waitMs, undefined, { signal }).catch(() => { throw error; });
        }
      }
    },
  };
}

const operationOf = (command: object): string => command.constructor.name.replace(/Command\d*$/, '');

/**
 * Repeats a step on a thing that this very call has made, while AWS does not see it yet: "NotFound" just after a create is not absence.
 * Waits 0.2 s, 0.4 s … 3.2 s, together 6 s; then the error stands, and the whole create may be repeated, since each step looks first.
 */
export async function untilSeen<T>(signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  for (let waitMs = 200; ; waitMs *= 2) {
    try {
      return await step();
    } catch (error) {
      if (!isDriverError(error) || error.code !== 'NOT_FOUND' || waitMs > 3_200) throw error;
      await wait(waitMs, undefined, { signal }).catch(() => { throw error; });
    }
  }
}
