import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { z } from 'zod';
import { Problem } from '../../kernel/problem.js';
import { Answers, type CallerScope, CurrentScope, Database, Permission } from '../../platform/index.js';
import { ImageQuery, searchImages } from '../catalogue/image-search.js';
import { SpecPriceQuery, priceChanges } from '../catalogue/price-history.js';
import { RegionQuery, listRegions } from '../catalogue/region-list.js';
import { type FoundSpec, SpecQuery, searchSpecs } from '../catalogue/spec-search.js';
import { searchedConnections } from '../connections/list.js';
import { ImagePage, PriceChangePage, RegionPage, SpecPage } from './catalogue.dto.js';
import { imageExample, regionExample, specExample } from './examples.js';

const DAY_MS = 86_400_000;

const withAge = ({ price, ...spec }: FoundSpec) => ({ ...spec, price: price ? { ...price, ageDays: Math.max(0, Math.floor((Date.now() - Date.parse(price.asOf)) / DAY_MS)) } : null });

/** What all clouds offer, over the connections that the caller may see. */
@Controller('v1')
export class CatalogueController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('specs')
  @Permission('spec:read')
  @Answers(200, 'Searches VM specs over all connections, each with its price, the price’s source and age.', SpecPage, { items: [specExample], nextPageToken: null })
  async specs(@CurrentScope() scope: CallerScope, @Query({ schema: SpecQuery }) query: SpecQuery): Promise<z.infer<typeof SpecPage>> {
    const names = await this.names(scope, query);
    const { items, nextPageToken } = await searchSpecs(this.database, [...names.keys()], query);
    return { items: items.map((spec) => ({ ...withAge(spec), connection: names.get(spec.connectionId) ?? '' })), nextPageToken };
  }

  @Get('connections/:connection/regions/:region/specs/:spec/prices')
  @ApiParam({ name: 'connection', description: 'Id or name of a connection' })
  @ApiParam({ name: 'region', description: 'Region id' })
  @ApiParam({ name: 'spec', description: 'Spec id' })
  @Permission('spec:read')
  @Answers(200, 'Lists how the price of a spec has changed, the latest first, as its catalogue was read.', PriceChangePage, { items: [{ seenAt: '2026-11-24T09:00:00.000Z', price: { currency: 'USD', perHour: 0.096, source: 'AWS price list API', asOf: '2026-11-24T00:00:00.000Z', simulated: false } }], nextPageToken: null })
  async specPrices(@CurrentScope() scope: CallerScope, @Param('connection') connection: string, @Param('region') region: string, @Param('spec') spec: string, @Query({ schema: SpecPriceQuery }) query: SpecPriceQuery): Promise<z.infer<typeof PriceChangePage>> {
    const names = await this.names(scope, { connection });
    if (names.size === 0) throw new Problem('NOT_FOUND', `There is no connection "${connection}" that you may see; GET /v1/connections lists yours.`);
    return priceChanges(this.database, [...names.keys()], { region, spec }, query);
  }

  @Get('images')
  @Permission('image:read')
  @Answers(200, 'Searches operating-system images over all connections.', ImagePage, { items: [imageExample], nextPageToken: null })
  async images(@CurrentScope() scope: CallerScope, @Query({ schema: ImageQuery }) query: ImageQuery): Promise<z.infer<typeof ImagePage>> {
    const names = await this.names(scope, query);
    const { items, nextPageToken } = await searchImages(this.database, [...names.keys()], query);
    return { items: items.map((image) => ({ ...image, connection: names.get(image.connectionId) ?? '' })), nextPageToken };
  }

  @Get('regions')
  @Permission('region:read')
  @Answers(200, 'Lists regions over all connections, with coordinates and what their catalogue holds.', RegionPage, { items: [regionExample], nextPageToken: null })
  async regions(@CurrentScope() scope: CallerScope, @Query({ schema: RegionQuery }) query: RegionQuery): Promise<z.infer<typeof RegionPage>> {
    const names = await this.names(scope, query);
    const { items, nextPageToken } = await listRegions(this.database, [...names.keys()], query);
    return { items: items.map((region) => ({ ...region, connection: names.get(region.connectionId) ?? '' })), nextPageToken };
  }

  private async names(scope: CallerScope, query: { cloud?: string | undefined; connection?: string | undefined }): Promise<Map<string, string>> {
    return searchedConnections(this.database, await scope.workspaceIds(), query);
  }
}
