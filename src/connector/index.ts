/** What other domains may use of the connector. */
export type { CatalogueImage, CataloguePrice, CatalogueRegion, CatalogueSpec, ImageWish, SpecWish } from './catalogue/catalogue.js';
export type { DeleteCheck } from './connections/connections.js';
export { connectorEntities } from './connector.entities.js';
export { ConnectorModule } from './connector.module.js';
export { Connector } from './connector.js';
export { cloudErrorNote, cloudProblem } from './problems.js';
export type { CloudCallOptions, CloudMethod, CloudRequest, CloudResult, CloudSession, ConnectionRef } from './session.js';
/** Whether a caught error is a cloud's refusal, with one of the SDK's codes. */
export { isDriverError as isCloudError } from '@mcmp/driver-sdk';
