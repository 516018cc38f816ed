import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Answers, type CallerScope, CurrentScope, Database, Permission } from '../../platform/index.js';
import { ImageQuery, searchImages } from '../catalogue/image-search.js';
import { RegionQuery, listRegions } from '../catalogue/region-list.js';
import { type FoundSpec, SpecQuery, searchSpecs } from '../catalogue/spec-search.js';
import { searchedConnections } from '../connections/list.js';
import { ImagePage, RegionPage, SpecPage } from './catalogue.dto.js';
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
