/** The whole public surface of @mcmp/driver-sdk. */
export { CAPABILITY_METHODS, isRead } from './capabilities.js';
export type { AccountHandlers, AccountIdentity, Image, ImageHandlers, Price, PriceHandlers, Quota, QuotaHandlers, QuotaMeasure, Region, RegionHandlers, Spec, SpecHandlers, Zone } from './catalog.js';
export type { CreateDisk, CreateVms, Disk, DiskHandlers, TagHandlers, TaggedKind, Vm, VmHandlers, VmState } from './compute.js';
export { defineDriver } from './driver.js';
export type { Capability, ConnectInput, Driver, HandlerGroups, Session, Traits } from './driver.js';
export { DRIVER_ERROR_CODES, DriverError, isDriverError } from './errors.js';
export type { DriverErrorCode, DriverErrorDetail } from './errors.js';
export type { Label, Manifest, ManifestField, RateLimit } from './manifest.js';
export type { CreateKeyPair, CreateNetwork, CreateSecurityGroup, CreateSubnet, KeyPair, KeyPairHandlers, Lifecycle, Network, NetworkHandlers, PublicIp, PublicIpHandlers, SecurityGroup, SecurityGroupHandlers, SecurityRule, Subnet, SubnetHandlers } from './network.js';
export type { Architecture, ById, CloudResource, CreateRequest, InRegion, ListRequest, Page, PageRequest, ResourceState, Tags } from './shapes.js';
