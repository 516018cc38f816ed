import type { Capability, ConnectInput, Driver } from '../driver.js';
import type { ReportedCheck } from '../grade.js';
import type { ResourceKind } from '../kinds.js';
import type { Manifest } from '../manifest.js';
import type { Tags } from '../shapes.js';

/** Where the kit works, and with what. */
export interface CheckPlace {
  /** The provider's region id. */
  region: string;
  /** For VMs, disks and, where `traits.subnetScope` is `zone`, subnets. */
  zone?: string;
  specId: string;
  /** A second spec of the same architecture; without it `vm.resize` is not checked. */
  otherSpecId?: string;
  imageId: string;
  sshUser: string;
  /** A /16 for the kit's networks; `10.213.0.0/16` if absent. */
  networkCidr?: string;
  /** OpenSSH line; a key whose private half nobody has if absent. */
  publicKey?: string;
  /** Size of the VMs' root disks; that of the image if absent. */
  rootDiskGiB?: number;
  /** Size of the kit's disks; 20 if absent, which every cloud takes. */
  diskGiB?: number;
  /** Spec of cluster nodes; `specId` if absent. */
  nodeSpecId?: string;
  /** Size of databases, in the provider's words; `specId` if absent. */
  databaseSpecId?: string;
  /** Engine of databases; one of `database.engines` if absent. */
  databaseEngine?: string;
  /** Domain under which the kit makes zones; `mcmp-kit.test` if absent. Nobody is told of them. */
  domain?: string;
  /** Who may take the kit's roles, in the provider's form; without it roles are not checked. */
  trust?: string;
  /** Two policies that exist; without them policies of users and roles are not checked. */
  policyIds?: string[];
  /** Input for functions of the driver's own, by name; only these are called then. Without it those that read and need no input. */
  functions?: Record<string, unknown>;
}

/** Hooks of a cloud whose truth and troubles can be set: a box, a proxy. All optional; a check that needs an absent one is skipped. */
export interface BoxFaults {
  /** The next request of this SDK method (`vm.create`) is done, and its answer lost. */
  loseNextAnswer?(method: string): Promise<void>;
  /** The next request of this SDK method is refused, as by the cloud's rate limit. */
  throttleNext?(method: string): Promise<void>;
  /** No VM fits the place until `clear`. */
  outOfCapacity?(region: string, zone: string | undefined): Promise<void>;
  /** Takes back all troubles. */
  clear?(): Promise<void>;
  /** How many things with these tags the cloud really holds, seen or not; deleted and terminated ones do not count. */
  count?(kind: ResourceKind, tags: Tags): Promise<number>;
  /** How many requests the cloud has had. */
  calls?(): Promise<number>;
}

/** What a driver is checked with. */
export interface CheckOptions {
  /** The default export of the bundle, or what loads it. */
  driver: Driver | (() => Driver | Promise<Driver>);
  /** The parsed `driver.json`; it chooses the checks. */
  manifest: Manifest;
  /** A right credential; asked for each session. */
  connect: () => ConnectInput | Promise<ConnectInput>;
  place: CheckPlace | (() => CheckPlace | Promise<CheckPlace>);
  /** The same with a credential that the cloud refuses. */
  broken?: ConnectInput | (() => ConnectInput | Promise<ConnectInput>);
  /** Time between two looks at something that changes; 500 if absent. */
  pollMs?: number;
  /** Longest wait for a change (boot, stop, delete); 300 000 if absent. */
  timeoutMs?: number;
  faults?: BoxFaults;
  /** Whether to check what takes long or costs money by the hour too (see {@link EXPENSIVE}); if absent, it is where `faults` are given, since that is a box. */
  expensive?: boolean;
  /** Known gaps of the cloud at the other end (an emulator's), by check id, each with its reason; they are skipped. An id that no check has is an error. */
  except?: Record<string, string>;
  /** Ids of the only checks to run; `kit.nothing-left` comes with them. An id that no check has is an error. */
  only?: readonly string[];
  /** Called with each result as it comes. */
  onReport?: (report: CheckReport) => void;
}

/** The two functions of jest, vitest, node:test and mocha that the kit uses. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}

/** What became of one check. */
export interface CheckReport extends ReportedCheck { capability: CheckSubject }

/** What a check is about. */
export type CheckSubject = Capability | 'manifest' | 'session' | 'answers' | 'errors' | 'faults' | 'kit';
/** What must be declared or given, or else the check is skipped. */
export type CheckNeed = Capability | 'broken' | 'expensive' | `faults.${keyof BoxFaults}`;

/** Capabilities whose things take many minutes or are paid by the hour. */
export const EXPENSIVE: readonly Capability[] = ['nat-gateway', 'vpn-gateway', 'vpn-connection', 'load-balancer', 'cluster', 'node-group', 'database', 'file-system'];
