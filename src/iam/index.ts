/** What other domains may use of identity and access. */
export { CurrentPrincipal, unmarkedRoutes } from './guard.js';
export { iamEntities } from './iam.entities.js';
export { IamModule } from './iam.module.js';
export { Iam } from './iam.js';
export type { Principal, ProjectRef } from './iam.js';
export { Name } from './http/iam.dto.js';
