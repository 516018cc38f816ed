import { account } from './account.js';
import { catalogue, labels, reads } from './catalogue.js';
import { compute } from './compute.js';
import { functions } from './functions.js';
import type { Method } from './method.js';
import { network } from './network.js';
import { services } from './services.js';
import { telemetry } from './telemetry.js';

export type { Caller, Method } from './method.js';

/** All methods of the plain wire by name; they mirror the driver SDK's calls. */
export const METHODS: ReadonlyMap<string, Method> = new Map(Object.entries<Method>({ ...catalogue, ...reads, ...network, ...compute, ...services, ...account, ...telemetry, ...functions, ...labels }));
