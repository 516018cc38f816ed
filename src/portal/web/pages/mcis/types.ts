import type { CatalogueRegionsResponse, MciCommandLinesResponse, MciCommandResultsResponse, MciListResponse, MciShowResponse, MciVmsResponse, OperationsListResponse } from '../../generated/types.gen';

export type Mci = MciListResponse['items'][number];
export type MciDetail = MciShowResponse;
export type MciGroup = MciDetail['groups'][number];
export type Vm = MciVmsResponse['items'][number];
export type Region = CatalogueRegionsResponse['items'][number];
export type Operation = OperationsListResponse['items'][number];
export type CommandLine = MciCommandLinesResponse['items'][number];
export type CommandResults = MciCommandResultsResponse;
/** What is done to VMs that there are. */
export type Action = 'suspend' | 'resume' | 'reboot' | 'terminate';

/** In which states a VM can be acted on so; the server holds the same. */
export const APPLIES: Record<Action, readonly string[]> = {
  suspend: ['running'], resume: ['suspended'], reboot: ['running'], terminate: ['running', 'suspended', 'failed', 'creating', 'planned'],
};
/** States in which a VM costs nothing yet or any more. */
export const FREE: readonly string[] = ['planned', 'terminated', 'failed'];
