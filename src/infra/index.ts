/** What other domains may use of infrastructure. */
export { Infra } from './infra.js';
export { infraEntities } from './infra.entities.js';
export { Mcis } from './mcis.js';
export { InfraModule } from './infra.module.js';
export type { Plan } from './plan.js';
