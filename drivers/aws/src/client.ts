import type { $Command, EC2Client, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-ec2';
import type { PricingClient } from '@aws-sdk/client-pricing';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { STSClient } from '@aws-sdk/client-sts';
import type { ConnectInput } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import * as operations from './ec2.js';
import { toDriverError } from './errors.js';

type Operations = typeof operations;

/** EC2 in one region, for the length of one call of ours: its operations by the vendor's own names, and the way to send them. */
export interface Ec2 extends Operations {
  /** Sends one operation. @throws DriverError and nothing else. */
  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: $Command<I, O, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>): Promise<O>;
}

// The version is pinned, so its notice about later ones and Node 20 would only fill each driver's log.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

type AnyClient = EC2Client | STSClient | PricingClient | ServiceQuotasClient;

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** One account at AWS or at an endpoint that speaks like it: a client per service and region, made when it is first needed. */
export class Aws {
  /** Region of the calls that belong to no region: identity, list of regions. */
  readonly homeRegion: string;
  readonly #clients = new Map<string, Promise<AnyClient>>();
  readonly #secrets: string[];

  constructor(readonly input: ConnectInput) {
    this.homeRegion = input.options.homeRegion || 'us-east-1';
    this.#secrets = [input.credential.secretAccessKey, input.credential.sessionToken].filter((secret) => secret !== undefined && secret !== '') as string[];
  }

  async ec2(region: string, signal: AbortSignal): Promise<Ec2> {
    const client = await this.#client('ec2', region, (settings) => new operations.EC2Client(settings)) as EC2Client;
    return { ...operations, send: (command) => this.guard(`ec2:${operationOf(command)}`, signal, () => client.send(command, { abortSignal: signal })) };
  }

  async sts(): Promise<STSClient> {
    const { STSClient } = await import('@aws-sdk/client-sts');
    return await this.#client('sts', this.homeRegion, (settings) => new STSClient(settings)) as STSClient;
  }

  /** The price list is served in three regions, and in China by its own. */
  async pricing(): Promise<PricingClient> {
    const { PricingClient } = await import('@aws-sdk/client-pricing');
    const region = this.homeRegion.startsWith('cn-') ? 'cn-northwest-1' : this.homeRegion.startsWith('eu-') ? 'eu-central-1' : this.homeRegion.startsWith('ap-') ? 'ap-south-1' : 'us-east-1';
    return await this.#client('pricing', region, (settings) => new PricingClient(settings)) as PricingClient;
  }

  async quotas(region: string): Promise<ServiceQuotasClient> {
    const { ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
    return await this.#client('servicequotas', region, (settings) => new ServiceQuotasClient(settings)) as ServiceQuotasClient;
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
    const clients = await Promise.allSettled(this.#clients.values());
    this.#clients.clear();
    for (const client of clients) if (client.status === 'fulfilled') client.value.destroy();
  }

  #client(service: string, region: string, make: (settings: ClientSettings) => AnyClient): Promise<AnyClient> {
    if (!REGION.test(region)) throw new DriverError('INVALID_REQUEST', `'${region}' is not an AWS region id such as ap-northeast-2.`, { field: 'region' });
    const key = `${service}/${region}`;
    const client = this.#clients.get(key) ?? Promise.resolve(make(settingsOf(this.input, region)));
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
