import type { HandlerGroups, Session } from '@mcmp/driver-sdk';
import driver from '../src/index.js';

/** A session of the AWS driver, which has every group that the tests ask for. */
export type Connected = { [C in keyof HandlerGroups]: Required<HandlerGroups[C]> } & Pick<Session, 'traits' | 'close'>;

export const region = 'ap-northeast-2';
export const credential = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any-secret-will-do' };
export const tags = { 'mcmp-project': 'p1' };

/** Connects to an endpoint. */
export const connectTo = async (endpoint: string, options: Record<string, string> = {}, as: Record<string, string> = credential): Promise<Connected> => (await driver.connect({ credential: as, endpoint, options })) as Connected;

export const signal = (): AbortSignal => AbortSignal.timeout(30_000);

/** A create request of a name, with a token and a tag of its own. */
export const asked = (name: string) => ({ region, name, token: `token-${name}`, tags: { ...tags, 'mcmp-id': name } });
