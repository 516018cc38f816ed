import type { Architecture, Capability, DatabaseEngine, RateLimit, ResourceKind } from '@mcmp/driver-sdk';
import type { Kind, WorldVmState } from './attributes.js';

/** A place of a cloud, with real coordinates. */
export interface PersonalityRegion {
  id: string;
  name: string;
  latitude: number;
  longitude: number;
  zones: string[];
}

export interface PersonalitySpec {
  id: string;
  vcpu: number;
  memoryMiB: number;
  architecture: Architecture;
  gpuCount: number;
  gpuModel?: string;
  gpuMemoryMiB?: number;
  networkPerformance?: string;
}

export interface PersonalityImage {
  /** Id in a region; some clouds name images alike everywhere. */
  id(region: string): string;
  name: string;
  osFamily: string;
  osVersion: string;
  architecture: Architecture;
  sshUser: string;
  minDiskGiB: number;
  publisher: string;
  createdAt: string;
}

export interface PersonalityPrice {
  specId: string;
  purchase: 'on-demand' | 'spot';
  currency: string;
  perHour: number;
  source: string;
  /** ISO 8601 date of the source. */
  asOf: string;
  simulated: boolean;
}

/** Least and most milliseconds at time scale 1. */
export type Span = readonly [minMs: number, maxMs: number];

/** How a cloud bills. */
export interface Billing {
  /** ISO 4217. */
  currency: string;
  /** Its units for a US dollar, in which the price lists of the box are kept. */
  perUsd: number;
  /** Digits behind the point in a row. */
  decimals: number;
  /** Value added tax, e.g. 0.1. */
  taxRate: number;
  /** Hours until usage is told at all. */
  lagHours: number;
  /** Hours after the end of a day until its rows change no more. */
  settleHours: number;
  /** The cloud's own names of what is billed. */
  services: Record<'compute' | 'storage' | 'network' | 'kubernetes' | 'database' | 'dns', string>;
}

/** What a cloud offers beside machines and networks. */
export interface Services {
  /** Capabilities that this cloud has no API for: each of their methods is UNSUPPORTED. */
  lacks: Capability[];
  /** A cluster begins with its first node group, and takes its node groups along when it goes. */
  clusterNeedsNodes: boolean;
  /** Subnets in different zones that a cluster, a database and an application load balancer need at least. */
  subnetsForServices: number;
  /** Others can take its roles for a while. */
  assumesRoles: boolean;
  /** How long the hidden network interfaces of a managed thing outlive it. */
  linger: Span;
  billing: Billing;
  /** The cloud's own code for a credential whose time is over. */
  expiredCode: string;
  /** Versions of Kubernetes, newest first; the second is the default. */
  kubernetes: string[];
  engines: DatabaseEngine[];
}

/** How one cloud behaves. Facts carry their source in the file that holds them. */
export interface Personality {
  cloud: string;
  title: string;
  regions: PersonalityRegion[];
  specs(region: string): PersonalitySpec[];
  images: PersonalityImage[];
  prices(region: string): PersonalityPrice[];
  /** Time until a call is answered, by method (`vm.create`), verb (`*.list`) or `*`; the first that fits. */
  latency: [pattern: string, span: Span][];
  /** Time that a change takes after its call was answered. */
  delays: { vmCreate: Span; vmStart: Span; vmStop: Span; vmReboot: Span; vmDelete: Span; create: Span; delete: Span };
  /** Longest time in which a new thing may be unseen, at time scale 1. */
  consistencyWindowMs: number;
  /** How long a terminated VM stays listed; 0 goes at once. */
  terminatedShownMs: number;
  /** Published limits by the provider's own API names or by method; first fit. `source` says where they were read, or that they are guessed. */
  limits: (RateLimit & {
    source: string;
    /** `things` takes as many tokens as things are asked for, and holds beside the first fit of the others. */
    weight?: 'call' | 'things';
  })[];
  quotas: { id: string; name: string; measure: string; limit: number; specPrefixes?: string[]; source: string }[];
  idempotencyToken: ResourceKind[];
  uniqueName: ResourceKind[];
  networkScope: 'region' | 'global';
  subnetScope: 'zone' | 'region';
  /** Most VMs of one request. */
  vmBatch: number;
  /** The provider's word for each VM state, by the map in its API. */
  vmStates: Record<WorldVmState, string>;
  /** What it offers beside machines and networks, and how. */
  services: Services;
  /** A new id of a kind in this cloud's format; `random(n)` gives n lower-case hex digits. */
  newId(kind: Kind, random: (digits: number) => string): string;
}

