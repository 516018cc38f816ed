import { wrongAccounts } from './wrong/account.js';
import type { WrongDriver } from './wrong/alter.js';
import { wrongBalancers } from './wrong/balancers.js';
import { wrongCatalogues } from './wrong/catalogues.js';
import { wrongConduct } from './wrong/conduct.js';
import { wrongContracts } from './wrong/contract.js';
import { wrongGateways } from './wrong/gateways.js';
import { wrongKinds } from './wrong/kinds.js';
import { wrongMachines } from './wrong/machines.js';
import { wrongStorage } from './wrong/storage.js';

export type { WrongDriver } from './wrong/alter.js';

/** Drivers that are wrong on purpose, each in one way: what the kit must catch, and by which checks. */
export const wrongDrivers: readonly WrongDriver[] = [
  ...wrongContracts, ...wrongCatalogues, ...wrongKinds, ...wrongMachines, ...wrongGateways, ...wrongBalancers, ...wrongStorage, ...wrongAccounts, ...wrongConduct,
];
