import { useQuery } from '@tanstack/react-query';
import { REGIONS } from '../../app/asked';
import { allPages } from '../../app/pages';
import { connectionsList, connectionsShow, driversList } from '../../generated/sdk.gen';
import type { CatalogueRegionsResponse, ConnectionsShowResponse, DriversListResponse } from '../../generated/types.gen';

export type Connection = ConnectionsShowResponse;
export type Driver = DriversListResponse['items'][number];
export type Field = Driver['credential'][number];
export type Region = CatalogueRegionsResponse['items'][number];

const page = (pageToken: string | undefined) => ({ pageSize: 200, ...(pageToken !== undefined && { pageToken }) });

/** All connections that the person may see. */
export const useConnections = () => useQuery({ queryKey: ['connections', 'all'], queryFn: () => allPages((token) => connectionsList({ query: page(token) })) });

/** One connection by its id or name. */
export const useConnection = (connection: string) => useQuery({ queryKey: ['connections', 'one', connection], queryFn: () => connectionsShow({ path: { connection } }) });

/** All installed drivers. */
export const useDrivers = () => useQuery({ queryKey: ['drivers', 'all'], queryFn: async () => (await driversList()).items });

/** What the catalogue has of all regions; the map of the world asks the same. */
export const useRegions = () => useQuery(REGIONS);
