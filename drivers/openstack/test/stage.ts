import type { ConnectInput, Driver, Session } from '@mcmp/driver-sdk';
import { isDriverError } from '@mcmp/driver-sdk';
import type { CheckOptions } from '@mcmp/driver-sdk/testing';
import { cloudOf } from './clouds-file.js';

/** What OpenStack cannot do, by the checks that ask for it. */
const GAPS = Object.fromEntries(['set', 'remove'].flatMap((what) => [
  [`tag.${what}-placement-group`, 'Nova lets nobody change a server group, in whose name the tags are'],
  ...['cluster', 'node-group'].map((kind) => [`tag.${what}-${kind}`, 'Magnum lets nobody change labels, in which the tags are']),
]));

/** Options with which an OpenStack is connected that may lack Octavia and Magnum; new clusters are of its oldest version, so that there is one to upgrade to. */
async function optionsFor(driver: Driver, input: ConnectInput, region: string): Promise<ConnectInput['options']> {
  const session = (await driver.connect(structuredClone(input))) as Required<Session>;
  const signal = AbortSignal.timeout(60_000);
  const absent = (error: unknown): undefined => {
    if (isDriverError(error) && error.code === 'UNSUPPORTED') return undefined;
    throw error;
  };
  const balancers = await session['load-balancer'].list({ region, pageSize: 1 }, signal).catch(absent);
  const versions = await session.cluster.versions({ region }, signal).catch(absent);
  await session.close?.();
  const oldest = versions?.items.at(-1)?.version;
  return { ...input.options, ...(oldest && { clusterVersion: oldest }), without: [...(balancers ? [] : ['octavia']), ...(oldest ? [] : ['magnum'])].join(',') };
}

/** A small place of an OpenStack, by what it lists. */
async function placeIn(driver: Driver, input: ConnectInput, region: string): Promise<CheckOptions['place']> {
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

/** What the conformance kit runs with at one cloud of a `clouds.yaml`, the only one where none is named. */
export async function openStackStage(driver: Driver, file: string, name?: string): Promise<Pick<CheckOptions, 'connect' | 'broken' | 'place' | 'except' | 'expensive' | 'pollMs' | 'timeoutMs'>> {
  const { region, input: given } = cloudOf(file, name);
  const input = { ...given, options: await optionsFor(driver, given, region) };
  const wrong: Record<string, string> = input.credential.password ? { password: 'not the password' } : { applicationCredentialSecret: 'not the secret' };
  return {
    connect: () => structuredClone(input), broken: { ...input, credential: { ...input.credential, ...wrong } }, place: await placeIn(driver, input, region), except: GAPS,
    // Services share two cores with the kit in CI, so each wait may be long.
    expensive: true, pollMs: 500, timeoutMs: 300_000,
  };
}
