import { queryOptions } from '@tanstack/react-query';
import { catalogueRegions, iamProjects, operationsList, summaryShow } from '../generated/sdk.gen';
import type { SummaryShowData } from '../generated/types.gen';
import { allPages } from './pages';

/** Questions that several pages ask, each once with its key; `begin.ts` asks those of the map before anything is drawn. */
export const REGIONS = queryOptions({ queryKey: ['regions'], queryFn: () => allPages((pageToken) => catalogueRegions({ query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })), staleTime: 60_000 });
export const PROJECTS = queryOptions({ queryKey: ['projects'], queryFn: () => iamProjects({ query: { pageSize: 200 } }) });
export const LATEST_OPERATIONS = queryOptions({ queryKey: ['operations', 'latest'], queryFn: () => operationsList({ query: { pageSize: 6 } }) });
export const summaryOf = (project: string, query: NonNullable<SummaryShowData['query']> = {}) => queryOptions({ queryKey: ['summary', project, query], queryFn: () => summaryShow({ path: { project }, query }) });
