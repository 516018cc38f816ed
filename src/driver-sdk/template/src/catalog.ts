import type { HandlerGroups, PageRequest } from '@mcmp/driver-sdk';
import type { Client } from './client.js';
import { toImage, toPrice, toRegion, toSpec, toZone } from './map.js';

const paged = ({ pageSize, pageToken }: PageRequest) => ({ limit: pageSize, after: pageToken });

/** Who the account is, and what the cloud offers. */
export const catalogue = (client: Client): Pick<HandlerGroups, 'account' | 'region' | 'spec' | 'image' | 'price'> => ({
  account: { verify: async (_request, signal) => ({ accountId: (await client.send<{ account: string }>('/v1/account', signal)).account }) },
  region: {
    list: (request, signal) => client.page('/v1/regions', signal, paged(request), toRegion),
    listZones: (request, signal) => client.page(`/v1/regions/${request.region}/zones`, signal, paged(request), toZone(request.region)),
  },
  spec: { list: (request, signal) => client.page(`/v1/regions/${request.region}/sizes`, signal, paged(request), toSpec(request.region)) },
  image: { list: (request, signal) => client.page(`/v1/regions/${request.region}/images`, signal, { ...paged(request), id: request.ids }, toImage(request.region)) },
  price: {
    // The cloud has no spot market: an empty page says so.
    list: async (request, signal) => (request.purchase === 'spot' ? { items: [] } : client.page(`/v1/regions/${request.region}/prices`, signal, paged(request), toPrice(request.region))),
  },
});
