import { isDriverError } from '@mcmp/driver-sdk';
import type { HandlerGroups } from '@mcmp/driver-sdk';
import type { PlainClient } from './client.js';
import { pass, tell } from './resources.js';

/** What a cloud does beside keeping things: objects, records, metrics, its log, its bill, and tags. Names are no tags here; yet a name can be changed with them. */
export const services = (client: PlainClient) => ({
  object: {
    list: pass(client, 'object.list'), get: pass(client, 'object.get'), put: pass(client, 'object.put'), read: pass(client, 'object.read'), sign: pass(client, 'object.sign'),
    // Where the bucket is gone, so is the object.
    delete: (request, signal) => tell(client, 'object.delete')(request, signal).catch((error: unknown) => {
      if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
    }),
  },
  'dns-record': { list: pass(client, 'dns-record.list'), set: pass(client, 'dns-record.set'), delete: tell(client, 'dns-record.delete') },
  metric: { list: pass(client, 'metric.list'), read: pass(client, 'metric.read') },
  event: { list: pass(client, 'event.list') },
  charge: { list: pass(client, 'charge.list') },
  function: { call: pass(client, 'function.call') },
  tag: { set: tell(client, 'tag.set'), remove: tell(client, 'tag.remove') },
}) satisfies Partial<HandlerGroups>;
