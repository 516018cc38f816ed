/** What the connector uses of the driver host. */
export { BundleError } from './bundle.js';
export type { Bundle, LoadedDriver } from './bundle.js';
export type { Sickness } from './health.js';
export { DRIVER_ABSENT, DriverHost, FENCED } from './host.js';
export { databasePorts } from './own-ports.js';
export type { Choice, DriverChange, DriverHostOptions, DriverStats } from './host.js';
export { RequestRefused } from './refused.js';
export type { FailedDriver, InactiveDriver, InstalledDriver, ReadyDriver } from './registry.js';
export type { OpenInput } from './runner.js';
export type { DriverCallOptions, DriverSession } from './session.js';
