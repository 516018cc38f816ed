import type { Price, PriceHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { LastPage, readAll, readPage } from './pages.js';

/** Linux prices: on demand by the Pricing API, spot by the spot history. Where an endpoint or a credential has no Pricing API, a dated price book within the driver. */
export function prices(aws: Aws): PriceHandlers {
  const last = new LastPage<Price>();
  return {
    async list(request, signal) {
      if (request.purchase === 'spot') return spotPrices(aws, request, signal);
      const [, from, pageToken] = /^(api|book):(.*)$/s.exec(request.pageToken ?? '') ?? [undefined, request.pageToken === undefined ? 'api' : undefined, undefined];
      if (from === undefined) throw new DriverError('INVALID_REQUEST', 'pageToken is not one that this list gave: begin again without one.', { field: 'pageToken' });
      const asked = { ...request, pageToken: pageToken || undefined };
      const mark = (page: Awaited<ReturnType<typeof bookPrices>>, source: string): typeof page => (page.nextPageToken === undefined ? page : { ...page, nextPageToken: `${source}:${page.nextPageToken}` });
      if (from === 'api') {
        try {
          return mark(await listedPrices(aws, asked, signal), 'api');
        } catch (error) {
          // Only at the beginning: a list must not change its source half-way.
          if (request.pageToken !== undefined || !aws.lacks(error)) throw error;
        }
      }
      return mark(await bookPrices(aws, last, asked, signal), 'book');
    },
  };
}

type Ask = Parameters<PriceHandlers['list']>[0];
type Answer = ReturnType<PriceHandlers['list']>;

/** A document of the price list, as far as we read it. Amounts are text. */
interface Offer {
  product?: { attributes?: { instanceType?: string; regionCode?: string } };
  terms?: { OnDemand?: Record<string, { effectiveDate?: string; priceDimensions?: Record<string, { unit?: string; pricePerUnit?: Record<string, string> }> }> };
  publicationDate?: string;
}

/** A type has dozens of rows; these filters leave the one of a shared Linux machine without further software. */
const PLAIN_LINUX: Record<string, string> = { operatingSystem: 'Linux', tenancy: 'Shared', capacitystatus: 'Used', preInstalledSw: 'NA', marketoption: 'OnDemand' };

/** The price list is served in three regions, and in China by its own. */
const priceRegion = ({ china, homeRegion }: Aws): string => (china ? 'cn-northwest-1' : homeRegion.startsWith('eu-') ? 'eu-central-1' : homeRegion.startsWith('ap-') ? 'ap-south-1' : 'us-east-1');

async function listedPrices(aws: Aws, request: Ask, signal: AbortSignal): Answer {
  const pricing = await aws.service('pricing', priceRegion(aws), signal);
  const source = aws.input.endpoint === undefined ? 'AWS Price List API' : `Price List API of ${new URL(aws.input.endpoint).hostname}`;
  return readPage(request, [1, 100], async (query) => {
    const Filters = Object.entries({ ...PLAIN_LINUX, regionCode: request.region }).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value }));
    const answer = await pricing.send(new pricing.GetProductsCommand({ ...query, ServiceCode: 'AmazonEC2', Filters }));
    return { items: (answer.PriceList ?? []).flatMap((text: unknown) => pricesOf(String(text), request.region, source)), next: answer.NextToken };
  });
}

/** The hourly price within one document of the price list; none where it costs nothing or is paid otherwise. */
export function pricesOf(document: string, region: string, source: string): Price[] {
  const { product, terms, publicationDate } = JSON.parse(document) as Offer;
  const specId = product?.attributes?.instanceType;
  if (!specId) return [];
  return Object.values(terms?.OnDemand ?? {}).flatMap(({ effectiveDate, priceDimensions }) =>
    Object.values(priceDimensions ?? {}).flatMap(({ unit, pricePerUnit }): Price[] => {
      const [currency, amount] = Object.entries(pricePerUnit ?? {})[0] ?? ['', ''];
      const perHour = Number(amount);
      if (unit !== 'Hrs' || !(perHour > 0)) return [];
      const asOf = [publicationDate, effectiveDate].find((date) => date !== undefined && !Number.isNaN(Date.parse(date)));
      return [{ specId, region, purchase: 'on-demand', osFamily: 'linux', currency, perHour, source, asOf: new Date(asOf ?? Date.now()).toISOString(), simulated: false }];
    }),
  ).slice(0, 1);
}

async function spotPrices(aws: Aws, request: Ask, signal: AbortSignal): Answer {
  const ec2 = await aws.ec2(request.region, signal);
  return readPage(request, [5, 1000], async ({ MaxResults, NextToken: place }) => {
    // From now on means: what holds now. A token holds for one query only, so the time of the first page goes with it.
    const [start, token] = place === undefined ? [new Date().toISOString()] : [place.slice(0, place.indexOf('|')), place.slice(place.indexOf('|') + 1)];
    const { SpotPriceHistory = [], NextToken } = await ec2.send(new ec2.DescribeSpotPriceHistoryCommand({ MaxResults, ...(token !== undefined && { NextToken: token }), StartTime: new Date(start as string), ProductDescriptions: ['Linux/UNIX'] }));
    const items = SpotPriceHistory.flatMap(({ InstanceType, AvailabilityZone, SpotPrice, Timestamp }): Price[] => {
      const perHour = Number(SpotPrice);
      if (!InstanceType || !(perHour > 0)) return [];
      return [{
        specId: InstanceType, region: request.region, ...(AvailabilityZone ? { zone: AvailabilityZone } : {}), purchase: 'spot', osFamily: 'linux', currency: 'USD', perHour,
        source: 'EC2 spot price history', asOf: (Timestamp ?? new Date()).toISOString(), simulated: false,
      }];
    });
    return NextToken ? { items, next: `${start}|${NextToken}` } : { items };
  });
}

/** The price book of this driver, as far as the region offers the types: the book is older than AWS's list of them. A region that it does not know has no prices. */
async function bookPrices(aws: Aws, last: LastPage<Price>, request: Ask, signal: AbortSignal): Answer {
  const { default: book } = await import('./price-book.json', { with: { type: 'json' } });
  return readPage(request, [1, 1000], (query) => last.read(request.region, query, async () => {
    const ec2 = await aws.ec2(request.region, signal);
    const offered = await readAll(1000, async (query) => {
      const { InstanceTypeOfferings = [], NextToken } = await ec2.send(new ec2.DescribeInstanceTypeOfferingsCommand({ ...query, LocationType: 'region' }));
      return { items: InstanceTypeOfferings.flatMap(({ InstanceType }) => InstanceType ?? []), next: NextToken };
    });
    const perHour: Record<string, number[]> = book.perHour;
    const column = book.regions.indexOf(request.region);
    const items = offered.sort().flatMap((specId): Price[] => {
      const price = perHour[specId]?.[column];
      return price ? [{ specId, region: request.region, purchase: 'on-demand', osFamily: book.osFamily, currency: book.currency, perHour: price, source: book.source, asOf: book.asOf, simulated: false }] : [];
    });
    return { items };
  }));
}
