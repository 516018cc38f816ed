import { defineDriver, DriverError } from '@mcmp/driver-sdk';
import { catalogue } from './catalog.js';
import { PlainClient } from './client.js';
import { CLOUDS } from './clouds.js';
import { resources } from './resources.js';
import { services } from './services.js';

/** The driver of the cloud in a box: one connection plays one of its ten clouds, with that cloud's traits and state words. */
export default defineDriver({
  async connect({ credential, endpoint = '', options }) {
    const name = options.cloud ?? '';
    const cloud = Object.hasOwn(CLOUDS, name) ? CLOUDS[name] : undefined;
    if (!cloud) throw new DriverError('INVALID_REQUEST', `the box plays ${Object.keys(CLOUDS).join(', ')}, not '${name}'`, { field: 'cloud' });
    const client = new PlainClient({ endpoint, cloud: name, accessKeyId: credential.accessKeyId ?? '', secretKey: credential.secretKey ?? '' });
    const traits = { ...cloud.traits, consistencyWindowMs: Number(options.consistencyWindowMs ?? cloud.traits.consistencyWindowMs) };
    return { traits, close: () => client.close(), ...catalogue(client), ...resources(client, traits, cloud.vmStates, cloud.assumesRoles), ...services(client) };
  },
});
