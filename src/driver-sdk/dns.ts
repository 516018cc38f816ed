import type { Lifecycle } from './network.js';
import type { CloudResource, CreateRequest, InRegion, Page, PageRequest, ResourceState } from './shapes.js';

/** A zone of the domain name system. Zones are global; calls still name a region. */
export interface DnsZone extends CloudResource {
  state: ResourceState;
  /** Without the last dot, e.g. `shop.example.org`. */
  domain: string;
  /** Seen only within networks. */
  private: boolean;
  nameServers: string[];
}
export interface CreateDnsZone extends CreateRequest {
  domain: string;
  private: boolean;
  /** Networks that see a private zone. */
  networkIds?: string[];
}
/** Capability `dns-zone`. Deleting one that has records beside SOA and NS is IN_USE. */
export type DnsZoneHandlers = Lifecycle<DnsZone, CreateDnsZone>;

/** Records of one name and type. */
export interface DnsRecord {
  zoneId: string;
  /** Full name without the last dot. */
  name: string;
  type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'SRV' | 'NS' | 'SOA' | 'CAA' | 'PTR';
  ttlSeconds: number;
  /** In zone-file form without the name; a TXT without its quotes. */
  values: string[];
  /** Tells several sets of one name and type apart, for weights. */
  setId?: string;
  /** Share of this set among those of its name and type, 0 to 255. */
  weight?: number;
}
type RecordKey = Pick<DnsRecord, 'zoneId' | 'name' | 'type' | 'setId'>;
/** Capability `dns-record`. */
export interface DnsRecordHandlers {
  list(request: InRegion & PageRequest & { zoneId: string }, signal: AbortSignal): Promise<Page<DnsRecord>>;
  /** Makes the records of that name, type and set exactly these; may be repeated. */
  set(request: InRegion & DnsRecord, signal: AbortSignal): Promise<DnsRecord>;
  /** What is gone already succeeds. */
  delete(request: InRegion & RecordKey, signal: AbortSignal): Promise<void>;
}
