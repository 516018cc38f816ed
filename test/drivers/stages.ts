import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ConnectInput, Driver, Manifest, Proof } from '@mcmp/driver-sdk';
import type { CheckOptions } from '@mcmp/driver-sdk/testing';
import { motoServer, startMoto } from '../../drivers/aws/test/moto.js';
import { MOTO_GAPS, motoInput, motoPlace } from '../../drivers/aws/test/moto-stage.js';
import { WIRE_GAPS } from '../../drivers/aws/test/wire-gaps.js';
import { SERVED } from '../../drivers/aws/test/wire-served.js';
import ec2 from '../../drivers/aws/wire/index.js';
import { openStackStage } from '../../drivers/openstack/test/stage.js';
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
    driver: 'openstack', proof: 'real-service', against: () => (process.env.MCMP_OPENSTACK ? `OpenStack ${process.env.MCMP_OPENSTACK_RELEASE ?? 'of an untold release'}` : { absent: 'MCMP_OPENSTACK names no clouds.yaml; .ci/openstack brings one up' }),
    open: async (driver, manifest) => ({ options: { driver, manifest, ...(await openStackStage(driver, process.env.MCMP_OPENSTACK ?? '', process.env.MCMP_OPENSTACK_CLOUD)) }, close: async () => undefined }),
  },
];
