import type { OperationsGetResponse, OperationsPartsResponse } from '../../generated/types.gen';

export type Operation = OperationsGetResponse;
export type Part = OperationsPartsResponse['items'][number];

export const hasEnded = (operation: Pick<Operation, 'state'>): boolean => ['succeeded', 'failed', 'cancelled'].includes(operation.state);

/** The page of what an operation works on, where there is one. */
export function pageOfTarget({ kind, target }: Pick<Operation, 'kind' | 'target'>): string | undefined {
  if (target.type === 'mci' && kind !== 'mci.delete') return `/mcis/${encodeURIComponent(target.name)}`;
  if (target.type === 'connection') return `/connections/${target.id}`;
  return undefined;
}
