import type { HandlerGroups } from '@mcmp/driver-sdk';
import type { PlainClient } from './client.js';

type Catalogue = Pick<HandlerGroups, 'account' | 'region' | 'spec' | 'image' | 'price' | 'quota'>;

/** Who the account is, and what the cloud offers: rows of the wire are rows of the SDK. */
export const catalogue = (client: PlainClient): Catalogue => ({
  account: { verify: (request, signal) => client.call('account.verify', request, signal) },
  region: { list: (request, signal) => client.call('region.list', request, signal), listZones: (request, signal) => client.call('region.listZones', request, signal) },
  spec: { list: (request, signal) => client.call('spec.list', request, signal) },
  image: { list: (request, signal) => client.call('image.list', request, signal) },
  price: { list: (request, signal) => client.call('price.list', request, signal) },
  quota: { list: (request, signal) => client.call('quota.list', request, signal) },
});
