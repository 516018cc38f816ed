/** What the connector uses of the driver host. */
export { DriverHost } from './host.js';
export type { DriverChange, DriverHostOptions, DriverStats } from './host.js';
export type { FailedDriver, InstalledDriver, ReadyDriver } from './registry.js';
export type { OpenInput } from './runner.js';
export type { DriverCallOptions, DriverSession } from './session.js';
