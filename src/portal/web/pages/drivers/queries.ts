import { useQueries, useQuery } from '@tanstack/react-query';
import { driversList, driversShow, gradesGrade } from '../../generated/sdk.gen';
import type { DriversListResponse, GradesGradeResponse } from '../../generated/types.gen';
import { queries } from '../../app/queries';

export type Driver = DriversListResponse['items'][number];
export type Grade = GradesGradeResponse;

/** All drivers, those that do not work too. */
export const useDrivers = () => useQuery({ queryKey: ['drivers', 'all'], queryFn: async () => (await driversList()).items });
export const useDriver = (driver: string) => useQuery({ queryKey: ['drivers', 'one', driver], queryFn: () => driversShow({ path: { driver } }) });

/** The grades of the drivers that serve, by name; one that has none yet is left out. */
export function useGrades(drivers: readonly Driver[] | undefined): Map<string, Grade> {
  const graded = (drivers ?? []).filter(({ state }) => state === 'ready');
  return useQueries({
    queries: graded.map(({ name, hash }) => ({ queryKey: ['drivers', 'grade', name, hash], queryFn: () => gradesGrade({ path: { driver: name } }), staleTime: 60_000 })),
    combine: (results) => new Map(results.flatMap(({ data }) => (data ? [[data.driver, data] as const] : []))),
  });
}

/** After a change of this person; others hear of it by the live events. */
export const driversChanged = (): Promise<void> => queries.invalidateQueries({ queryKey: ['drivers'] });
