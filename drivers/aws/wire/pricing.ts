import type { Filter, GetProductsRequest } from '@aws-sdk/client-pricing';
import { createHash } from 'node:crypto';
import type { Personality, PersonalityPrice, PersonalityRegion, PersonalitySpec } from '../../simulator/world/types.js';
import { JsonError, jsonService, type JsonOperation } from './json.js';
import type { Model } from './model.js';
import { CLOUD, type Service } from './service.js';

/** The Pricing API answers in these regions only (AWS Price List guide). */
const PLACES = new Set(['us-east-1', 'eu-central-1', 'ap-south-1']);
const SERVICE_CODE = 'AmazonEC2';
/** Codes that are the same in every document: the term "on demand" and the rate "per hour". */
const ON_DEMAND = 'JRTCKXETXF', PER_HOUR = '6YS6EN2CT7';

interface Product { sku: string; attributes: Record<string, string>; spec: PersonalitySpec; price: PersonalityPrice }

/** Linux on shared hardware, on demand: the rows of the real list that the world knows a price for. */
function productsOf(aws: Personality, region: PersonalityRegion): Product[] {
  const specs = new Map(aws.specs(region.id).map((spec) => [spec.id, spec]));
  return aws.prices(region.id).filter((price) => price.purchase === 'on-demand' && specs.has(price.specId)).map((price) => {
    const spec = specs.get(price.specId)!;
    const attributes = {
      servicecode: SERVICE_CODE, servicename: 'Amazon Elastic Compute Cloud', location: region.name, locationType: 'AWS Region', regionCode: region.id, instanceType: spec.id, currentGeneration: 'Yes', vcpu: String(spec.vcpu),
      memory: `${spec.memoryMiB / 1024} GiB`, networkPerformance: spec.networkPerformance ?? 'NA', operatingSystem: 'Linux', preInstalledSw: 'NA', licenseModel: 'No License required', tenancy: 'Shared', capacitystatus: 'Used',
      marketoption: 'OnDemand', operation: 'RunInstances', usagetype: `BoxUsage:${spec.id}`, processorArchitecture: '64-bit', ...(spec.gpuCount ? { gpu: String(spec.gpuCount) } : {}),
    };
    return { sku: createHash('sha256').update(`${region.id} ${spec.id}`).digest('hex').slice(0, 16).toUpperCase(), attributes, spec, price };
  });
}

/** One document in the shape of the real price list. */
function document({ sku, attributes, price, spec }: Product): string {
  const offer = `${sku}.${ON_DEMAND}`, rate = `${offer}.${PER_HOUR}`;
  const since = new Date(price.asOf).toISOString().replace('.000Z', 'Z');
  return JSON.stringify({
    product: { productFamily: spec.id.includes('.metal') ? 'Compute Instance (bare metal)' : 'Compute Instance', attributes, sku },
    serviceCode: SERVICE_CODE,
    terms: {
      OnDemand: {
        [offer]: {
          priceDimensions: {
            [rate]: { unit: 'Hrs', endRange: 'Inf', description: `$${price.perHour} per On Demand Linux ${spec.id} Instance Hour`, appliesTo: [], rateCode: rate, beginRange: '0', pricePerUnit: { [price.currency]: price.perHour.toFixed(10) } },
          },
          sku, effectiveDate: since, offerTermCode: ON_DEMAND, termAttributes: {},
        },
      },
    },
    version: since.replace(/[-:TZ]/g, ''), publicationDate: since,
  });
}

/** How a filter compares; field names count in any case, values exactly. */
function holds({ Type: type, Field: field, Value: wanted }: Filter): (product: Product) => boolean {
  const read = ({ attributes, sku }: Product): string | undefined => (field!.toLowerCase() === 'sku' ? sku : Object.entries(attributes).find(([name]) => name.toLowerCase() === field!.toLowerCase())?.[1]);
  const list = (wanted ?? '').split(',').map((each) => each.trim());
  switch (type as string) {
    case 'TERM_MATCH':
    case 'EQUALS': return (product) => read(product) === wanted;
    case 'CONTAINS': return (product) => read(product)?.includes(wanted!) ?? false;
    case 'ANY_OF': return (product) => list.includes(read(product) ?? '');
    case 'NONE_OF': return (product) => !list.includes(read(product) ?? '');
    default: throw new JsonError('InvalidParameterException', `Filter type ${String(type)} is not known`);
  }
}

const getProducts: JsonOperation = {
  method: 'price.list',
  run(raw, { world, request }) {
    const input = raw as unknown as GetProductsRequest;
    if (!PLACES.has(request.caller.region)) throw new JsonError('InvalidParameterException', `The Pricing API answers in ${[...PLACES].join(', ')}, not in ${request.caller.region}`);
    if (input.ServiceCode !== SERVICE_CODE) throw new JsonError('NotFoundException', `The cloud in a box prices ${SERVICE_CODE} only`);
    if (input.FormatVersion && input.FormatVersion !== 'aws_v1') throw new JsonError('InvalidParameterException', 'FormatVersion must be aws_v1');
    const size = input.MaxResults ?? 100;
    if (size < 1 || size > 100) throw new JsonError('InvalidParameterException', 'MaxResults must be from 1 to 100');
    const aws = world.personalities.get(CLOUD)!, filters = input.Filters ?? [];
    const tests = filters.map(holds);
    // A region that the filters name spares the work of all others.
    const named = filters.filter((filter) => filter.Type === 'TERM_MATCH' || (filter.Type as string) === 'EQUALS');
    const regions = aws.regions.filter((region) => named.every(({ Field: field, Value: value }) => (field === 'regionCode' ? region.id === value : field === 'location' ? region.name === value : true)));
    const products = regions.flatMap((region) => productsOf(aws, region)).filter((product) => tests.every((test) => test(product))).sort((a, b) => (a.sku < b.sku ? -1 : 1));
    const after = input.NextToken ? Buffer.from(input.NextToken, 'base64url').toString('utf8') : '';
    if (input.NextToken && !/^[0-9A-F]{16}$/.test(after)) throw new JsonError('InvalidNextTokenException', 'The pagination token is invalid. Try again without a pagination token.');
    const rest = products.filter((product) => product.sku > after), cut = rest.slice(0, size);
    return { FormatVersion: 'aws_v1', PriceList: cut.map(document), ...(cut.length < rest.length ? { NextToken: Buffer.from(cut.at(-1)!.sku).toString('base64url') } : {}) };
  },
};

/** The price list of EC2, as JSON documents within JSON. */
export const pricingService = (model: Model): Service => jsonService({
  name: 'pricing', target: 'AWSPriceListService', throttled: 'ThrottlingException', invalid: 'InvalidParameterException', model, operations: { GetProducts: getProducts },
});
