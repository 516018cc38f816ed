import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ConnectInput, Driver, Manifest, Proof } from '@mcmp/driver-sdk';
import type { CheckOptions } from '@mcmp/driver-sdk/testing';
import { motoServer, startMoto } from '../../drivers/aws/test/moto.js';
import { MOTO_GAPS, motoInput, motoPlace } from '../../drivers/aws/test/moto-stage.js';
import { WIRE_GAPS } from '../../drivers/aws/test/wire-gaps.js';
import { SERVED } from '../../drivers/aws/test/wire-served.js';
import ec2 from '../../drivers/aws/wire/index.js';
import { cloudOf } from '../../drivers/openstack/test/clouds-file.js';
import { personalities } from '../../drivers/simulator/personalities/index.js';
import { ACCOUNT, boxFaults, placeIn } from '../../drivers/simulator/test/kit-stage.js';
import { narrow, narrowed } from '../../drivers/simulator/test/narrow.js';
import plain from '../../drivers/simulator/wire/index.js';
import { type Wire, createWorld } from '../../drivers/simulator/world/index.js';

/** What the kit runs with, and how its other end is taken down. */
export interface Staged { options: Omit<CheckOptions, 'onReport'>; close(): Promise<void> }

/** One other end at which one driver is held to the contract. */
export interface Stage {
  driver: string;
  proof: Proof;
  /** What it is, with its version; or why it is not there. */
  against(): string | { absent: string };
  open(driver: Driver, manifest: Manifest): Promise<Staged>;
}

/** The driver at a wire of the cloud in a box, whose truth and troubles the kit can set. */
async function boxed(wire: Wire, cloud: string, input: (keys: { accessKeyId: string; secretKey: string }) => Omit<ConnectInput, 'endpoint'>, held: Pick<CheckOptions, 'driver' | 'manifest' | 'except'>): Promise<Staged> {
  const world = createWorld({ personalities, timeScale: 0, throttling: false });
  const server = await wire.start(world, { host: '127.0.0.1', port: 0 });
  const personality = personalities.find((each) => each.cloud === cloud);
  if (!personality) throw new Error(`the box plays no ${cloud}`);
  const connect = (wrong: { secretKey?: string } = {}): ConnectInput => ({ ...input({ ...world.credential(cloud, ACCOUNT), ...wrong }), endpoint: `http://127.0.0.1:${server.port}` });
  return {
    options: { ...held, place: placeIn(personality), connect: () => connect(), broken: () => connect({ secretKey: 'wrong-secret-wrong-secret' }), faults: boxFaults(world, cloud), pollMs: 5, timeoutMs: 20_000 },
    close: async () => {
      await server.close();
      await world.close();
    },
  };
}

/** `moto` with the version of the one whose server is in PATH, asked of the Python that runs it; without it where that cannot be told. */
function motoVersion(server: string): string {
  const [, interpreter = 'python3'] = /^#!\s*(?:\/usr\/bin\/env\s+)?(\S*python\S*)/.exec(readFileSync(server, 'utf8')) ?? [];
  try {
    return `moto ${execFileSync(interpreter, ['-c', 'import moto; print(moto.__version__)'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()}`;
  } catch {
    return 'moto';
  }
}

/** A small place of an OpenStack, by what it lists. */
async function openStackPlace(driver: Driver, input: ConnectInput, region: string): Promise<CheckOptions['place']> {
  const session = await driver.connect(structuredClone(input));
  const signal = AbortSignal.timeout(60_000);
  const { items: specs } = await session.spec!.list({ region }, signal);
  const { items: images } = await session.image!.list({ region }, signal);
  await session.close?.();
  const [small, next] = specs.sort((a, b) => a.memoryMiB - b.memoryMiB);
  const image = images.find(({ osFamily }) => osFamily === 'cirros') ?? images[0];
  if (!small || !image) throw new Error('the OpenStack lists no spec or no image');
  return { region, zone: 'nova', specId: small.id, ...(next && { otherSpecId: next.id }), imageId: image.id, sshUser: image.sshUser, diskGiB: 1 };
}

/** Every other end that there is for the drivers of this repository. */
export const STAGES: readonly Stage[] = [
  {
    driver: 'simulator', proof: 'simulator', against: () => 'the cloud in a box as aws',
    open: (driver, manifest) => boxed(plain, 'aws', ({ accessKeyId, secretKey }) => ({ credential: { accessKeyId, secretKey }, options: { cloud: 'aws' } }), { driver, manifest }),
  },
  {
    driver: 'aws', proof: 'contract-wire', against: () => 'the EC2 wire of the cloud in a box',
    open: (driver, manifest) => boxed(ec2, 'aws', ({ accessKeyId, secretKey }) => ({ credential: { accessKeyId, secretAccessKey: secretKey }, options: {} }), { driver: narrow(driver, SERVED), manifest: narrowed(manifest, SERVED), except: WIRE_GAPS }),
  },
  {
    driver: 'aws', proof: 'independent-emulator', against: () => (motoServer === undefined ? { absent: "moto_server is not in PATH: pip install 'moto[server]'" } : motoVersion(motoServer)),
    open: async (driver, manifest) => {
      const moto = await startMoto();
      return { options: { driver, manifest, place: await motoPlace(driver, moto.url), connect: () => motoInput(moto.url), except: MOTO_GAPS, expensive: true, pollMs: 50, timeoutMs: 30_000 }, close: () => moto.close() };
    },
  },
  {
    driver: 'openstack', proof: 'real-service', against: () => (process.env.MCMP_OPENSTACK ? 'the services of an OpenStack' : { absent: 'MCMP_OPENSTACK names no clouds.yaml; .ci/openstack brings one up' }),
    open: async (driver, manifest) => {
      const { region, input } = cloudOf(process.env.MCMP_OPENSTACK ?? '', process.env.MCMP_OPENSTACK_CLOUD);
      const wrong: Record<string, string> = input.credential.password ? { password: 'not the password' } : { applicationCredentialSecret: 'not the secret' };
      return {
        options: { driver, manifest, place: await openStackPlace(driver, input, region), connect: () => structuredClone(input), broken: { ...input, credential: { ...input.credential, ...wrong } }, expensive: true, pollMs: 500, timeoutMs: 180_000 },
        close: async () => undefined,
      };
    },
  },
];
