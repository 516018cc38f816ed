import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Session } from '@mcmp/driver-sdk';
import { personalities } from '../../simulator/personalities/index.js';
import { createWorld } from '../../simulator/world/index.js';
import type { BoxWorld, Thing } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import wire from '../wire/index.js';

export const region = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfAdxAUvYPjGUjZAIyTe4yYKmQ7hPFXxw1WxMi8Ocho mcmp';
export const signal = (): AbortSignal => AbortSignal.timeout(20_000);
export const of = (id: string) => ({ region, id });
export const base = (name: string) => ({ region, name, token: `token-${name}`, tags: { 'mcmp-project': 'p', 'mcmp-id': name } });
export const network = { ...base('net'), cidr: '10.9.0.0/16' };

export type Broken = 'lost-answer' | 'dropped-request';
/** Each API once with its answer lost, once never heard. */
export const both = (apis: string[]): [api: string, effect: Broken][] => apis.flatMap((api): [string, Broken][] => [[api, 'lost-answer'], [api, 'dropped-request']]);
/** Steps that AWS would do twice, and the driver therefore sends once. */
const ONCE = ['CreateVpc', 'CreateInternetGateway', 'ImportKeyPair', 'AllocateAddress', 'CreateVpnGateway', 'CreateCustomerGateway', 'CreateVpnConnection'];

/** The driver on a box of its own, emptied after each test. */
export class ResumeStage {
  readonly world: BoxWorld = createWorld({ personalities, timeScale: 0, throttling: false });
  readonly imageId = this.world.personalities.get('aws')!.images.find(({ osFamily, architecture }) => osFamily === 'ubuntu' && architecture === 'amd64')!.id(region);
  cloud!: Required<Session>;
  endpoint = '';

  constructor() {
    let server: Awaited<ReturnType<typeof wire.start>>;
    beforeAll(async () => {
      server = await wire.start(this.world, { host: '127.0.0.1', port: 0 });
      this.endpoint = `http://127.0.0.1:${server.port}`;
      const { accessKeyId, secretKey } = this.world.credential('aws', ACCOUNT);
      this.cloud = await driver.connect({ credential: { accessKeyId, secretAccessKey: secretKey }, endpoint: this.endpoint, options: {} }) as Required<Session>;
    });
    afterEach(() => this.world.reset());
    afterAll(async () => {
      await this.cloud.close();
      await server.close();
    });
  }

  /** What really exists of a kind. */
  left = (kind: Thing['kind']): Thing[] => this.world.truth({ cloud: 'aws', kind });
  breaks = (method: string, effect: Broken): void => void this.world.faults.add({ cloud: 'aws', method, effect: { type: effect }, times: 1 });
  /** The driver sends such a step again by itself; then it is refused for good, so that the call as a whole ends there. */
  breaksOff = (method: string, effect: Broken): void => {
    this.breaks(method, effect);
    this.world.faults.add({ cloud: 'aws', method, effect: { type: 'error', code: 'FORBIDDEN' }, times: 1 });
  };
  breaksIn = (method: string, effect: Broken): void => (ONCE.includes(method) ? this.breaks : this.breaksOff)(method, effect);

  /** Runs a call that must fail once by the fault that was set, then again. */
  async twice<T>(call: () => Promise<T>): Promise<T> {
    await expect(call()).rejects.toMatchObject({ name: 'DriverError', code: expect.stringMatching(/^(UNAVAILABLE|FORBIDDEN)$/) as unknown });
    return call();
  }
}
