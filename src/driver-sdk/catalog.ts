import type { Architecture, InRegion, Page, PageRequest } from './shapes.js';

/** A place of a cloud. */
export interface Region {
  /** The provider's id, e.g. `koreacentral`. */
  id: string;
  name: string;
  /** Degrees, where published. */
  latitude?: number;
  longitude?: number;
  /** False where the account has not opted in. */
  enabled: boolean;
}

/** A fault domain within a region. */
export interface Zone {
  id: string;
  region: string;
  available: boolean;
}

/** A VM size in a region. */
export interface Spec {
  /** The provider's id, e.g. `m7g.large`. */
  id: string;
  region: string;
  vcpu: number;
  memoryMiB: number;
  architecture: Architecture;
  gpuCount: number;
  gpuModel?: string;
  gpuMemoryMiB?: number;
  localDiskGiB?: number;
  /** The provider's words, e.g. `Up to 10 Gigabit`. */
  networkPerformance?: string;
  /** Zones that offer it; absent means all. */
  zones?: string[];
}

/** An operating-system image in a region. */
export interface Image {
  id: string;
  region: string;
  name: string;
  /** e.g. `ubuntu`, `debian`, `rocky`, `windows`. */
  osFamily: string;
  /** e.g. `24.04`. */
  osVersion: string;
  architecture: Architecture;
  /** The user that takes the injected key. */
  sshUser: string;
  minDiskGiB?: number;
  /** ISO 8601. */
  createdAt?: string;
  publisher?: string;
}

/** Price of one spec in one region. */
export interface Price {
  specId: string;
  region: string;
  zone?: string;
  purchase: 'on-demand' | 'spot';
  osFamily: string;
  /** ISO 4217. */
  currency: string;
  /** Decimal number per hour for one VM. */
  perHour: number;
  /** Where it was read: an API or a dated price book. */
  source: string;
  /** ISO 8601 time at which the source published or gave it. */
  asOf: string;
  /** True where nobody published it. */
  simulated: boolean;
}

/** What a limit counts. */
export type QuotaMeasure = 'vcpu' | 'vm' | 'network' | 'subnet' | 'security-group' | 'key-pair' | 'public-ip' | 'disk' | 'disk-gib' | 'other';

/** A limit of the account in a region. */
export interface Quota {
  id: string;
  name: string;
  region: string;
  measure: QuotaMeasure;
  /** Specs that count, as id prefixes; absent means all. */
  specPrefixes?: string[];
  limit: number;
  /** In use now, where the cloud says it. */
  used?: number;
  /** `account` was read for this account, `default` is the published default. */
  source: 'account' | 'default';
}

/** Who the credential is. */
export interface AccountIdentity {
  accountId: string;
  /** e.g. an ARN or a project name. */
  principal?: string;
}

/** Capability `account`. */
export interface AccountHandlers {
  /** Asks the cloud who this credential is; UNAUTHENTICATED where it is wrong. */
  verify(request: Record<string, never>, signal: AbortSignal): Promise<AccountIdentity>;
}
/** Capability `region`. */
export interface RegionHandlers {
  list(request: PageRequest, signal: AbortSignal): Promise<Page<Region>>;
  listZones(request: InRegion & PageRequest, signal: AbortSignal): Promise<Page<Zone>>;
}
/** Capability `spec`. */
export interface SpecHandlers {
  list(request: InRegion & PageRequest, signal: AbortSignal): Promise<Page<Spec>>;
}
/** Capability `image`. */
export interface ImageHandlers {
  /** Public images that a person would start from; `ids` asks for exactly these. */
  list(request: InRegion & PageRequest & { ids?: string[] }, signal: AbortSignal): Promise<Page<Image>>;
}
/** Capability `price`. */
export interface PriceHandlers {
  list(request: InRegion & PageRequest & { purchase: 'on-demand' | 'spot' }, signal: AbortSignal): Promise<Page<Price>>;
}
/** Capability `quota`. */
export interface QuotaHandlers {
  list(request: InRegion & PageRequest, signal: AbortSignal): Promise<Page<Quota>>;
}
