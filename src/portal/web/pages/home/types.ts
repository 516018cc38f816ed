import type { CatalogueRegionsResponse, SummaryShowResponse } from '../../generated/types.gen';

export type Region = CatalogueRegionsResponse['items'][number];
export type Summary = SummaryShowResponse;
