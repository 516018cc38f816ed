import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { SecurityRule } from '@mcmp/driver-sdk';

/** What to do when some VMs of a request cannot be made. */
export type PartialFailurePolicy = 'continue' | 'rollback' | 'refine' | 'replace';
/** Where a resource or VM is on its way; the cloud's own word is kept beside it. */
export type ResourceRowState = 'planned' | 'creating' | 'available' | 'deleting' | 'failed';
export type VmRowState = 'planned' | 'creating' | 'running' | 'suspending' | 'suspended' | 'resuming' | 'rebooting' | 'terminating' | 'terminated' | 'failed';
/** Why a step failed, in the words of the driver border. */
export interface Failure { code: string; message: string; providerCode?: string | undefined; providerRequestId?: string | undefined; quotaId?: string | undefined }
/** Another place, spec or image that may take the group's VMs when theirs cannot be had. */
export interface Alternative { connectionId: string; region: string; zone?: string; specId: string; imageId: string; sshUser: string; pricePerHour: number | null; currency: string | null }

/** A named set of VM groups over any clouds and regions. */
@Entity({ schema: 'infra', name: 'mci' })
@Index('mci_project_name', ['projectId', 'name'], { unique: true })
export class MciRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('uuid', { name: 'project_id' }) projectId!: string;
  @Column('text') name!: string;
  @Column('text', { default: '' }) description!: string;
  @Column('jsonb', { default: {} }) labels!: Record<string, string>;
  @Column('text') policy!: PartialFailurePolicy;
  /** `absent` from the moment its deletion is asked. */
  @Column('text', { default: 'present' }) desired!: 'present' | 'absent';
  /** What the security group lets in. */
  @Column('jsonb') access!: SecurityRule[];
  /** OpenSSH line of the key that all its VMs take. */
  @Column('text', { name: 'public_key' }) publicKey!: string;
  /** The private half, sealed for `mci:<id>`. */
  @Column('text', { name: 'sealed_key' }) sealedKey!: string;
  @Column('timestamptz', { name: 'key_downloaded_at', nullable: true }) keyDownloadedAt!: Date | null;
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** An MCI's presence in one connection and region: the unit of work. Gone when nothing of the MCI is left there. */
@Entity({ schema: 'infra', name: 'place' })
@Index('place_mci', ['mciId', 'connectionId', 'region'], { unique: true })
@Index('place_shared', ['projectId', 'connectionId', 'region'])
export class PlaceRow {
  @PrimaryColumn('uuid') id!: string;
  @ForeignKey(() => MciRow, { name: 'place_mci_fk' }) @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @Column('uuid', { name: 'project_id' }) projectId!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text') region!: string;
  /** Range that a network made here gets; null takes a free one. */
  @Column('text', { nullable: true }) cidr!: string | null;
}

/** A network or subnet shared by a project, or a security group or key pair of one MCI, in one place. */
@Entity({ schema: 'infra', name: 'resource' })
@Index('resource_place', ['projectId', 'connectionId', 'region', 'kind'])
export class ResourceRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'project_id' }) projectId!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  /** `*` for a network that spans all regions. */
  @Column('text') region!: string;
  /** Region that calls about it name; differs from `region` for a network that spans all. */
  @Column('text', { name: 'call_region' }) callRegion!: string;
  /** Empty where the resource does not lie in one zone. */
  @Column('text', { default: '' }) zone!: string;
  @Column('text') kind!: 'network' | 'subnet' | 'security-group' | 'key-pair';
  /** The MCI that it belongs to; null where a project shares it. */
  @Column('uuid', { name: 'mci_id', nullable: true }) mciId!: string | null;
  /** Row of the network that a subnet or security group lies in. */
  @Column('uuid', { name: 'network_id', nullable: true }) networkId!: string | null;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) cidr!: string | null;
  @Column('text', { default: 'planned' }) state!: ResourceRowState;
  @Column('text', { name: 'cloud_id', nullable: true }) cloudId!: string | null;
  /** When the cloud was last asked to make it; a thing younger than the cloud's consistency window may be there unseen. */
  @Column('timestamptz', { name: 'asked_at', nullable: true }) askedAt!: Date | null;
  /** Whether the cloud has shown it; only then does not seeing it mean that it is gone. */
  @Column('boolean', { default: false }) seen!: boolean;
  @Column('jsonb', { nullable: true }) failure!: Failure | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** VMs of one spec and image in one place, scaled together. */
@Entity({ schema: 'infra', name: 'vm_group' })
@Index('vm_group_name', ['mciId', 'name'], { unique: true })
export class VmGroupRow {
  @PrimaryColumn('uuid') id!: string;
  @ForeignKey(() => MciRow, { name: 'vm_group_mci_fk', onDelete: 'CASCADE' }) @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @Column('text') name!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text') cloud!: string;
  @Column('text') region!: string;
  @Column('text', { default: '' }) zone!: string;
  @Column('text', { name: 'spec_id' }) specId!: string;
  @Column('text', { name: 'image_id' }) imageId!: string;
  @Column('text', { name: 'ssh_user' }) sshUser!: string;
  @Column('integer') size!: number;
  @Column('integer', { name: 'root_disk_gib', nullable: true }) rootDiskGiB!: number | null;
  @Column('text', { name: 'user_data', nullable: true }) userData!: string | null;
  @Column('jsonb', { default: {} }) labels!: Record<string, string>;
  @Column('jsonb', { default: [] }) alternatives!: Alternative[];
  /** Highest number that a VM of the group ever had; names are never used twice. */
  @Column('integer', { name: 'last_number', default: 0 }) lastNumber!: number;
  @Column('double precision', { name: 'price_per_hour', nullable: true }) pricePerHour!: number | null;
  @Column('text', { nullable: true }) currency!: string | null;
}

/** One VM: what is wanted, what was asked of the cloud, what the cloud says. */
@Entity({ schema: 'infra', name: 'vm' })
@Index('vm_name', ['mciId', 'name'], { unique: true })
@Index('vm_place', ['mciId', 'connectionId', 'region'])
@Index('vm_operation', ['operationId'])
export class VmRow {
  @PrimaryColumn('uuid') id!: string;
  @ForeignKey(() => MciRow, { name: 'vm_mci_fk' }) @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @ForeignKey(() => VmGroupRow, { name: 'vm_group_fk' }) @Column('uuid', { name: 'group_id' }) groupId!: string;
  @Column('text') name!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text') cloud!: string;
  @Column('text') region!: string;
  @Column('text', { default: '' }) zone!: string;
  @Column('text', { name: 'spec_id' }) specId!: string;
  @Column('text', { name: 'image_id' }) imageId!: string;
  @Column('text', { name: 'ssh_user' }) sshUser!: string;
  @Column('text', { default: 'planned' }) state!: VmRowState;
  @Column('text', { default: 'running' }) desired!: 'running' | 'suspended' | 'absent';
  /** Whether the row goes with the VM (scale-in, delete) or stays as `terminated`. */
  @Column('boolean', { default: false }) forget!: boolean;
  @Column('boolean', { name: 'reboot_wanted', default: false }) rebootWanted!: boolean;
  /** The one request that makes it together with others; also its idempotency token and owner tag. */
  @Column('uuid', { name: 'batch_id', nullable: true }) batchId!: string | null;
  @Column('integer', { name: 'batch_index', nullable: true }) batchIndex!: number | null;
  @Column('timestamptz', { name: 'asked_at', nullable: true }) askedAt!: Date | null;
  @Column('text', { name: 'cloud_id', nullable: true }) cloudId!: string | null;
  @Column('text', { name: 'provider_state', nullable: true }) providerState!: string | null;
  @Column('text', { name: 'private_ip', nullable: true }) privateIp!: string | null;
  @Column('text', { name: 'public_ip', nullable: true }) publicIp!: string | null;
  @Column('text', { name: 'ssh_host', nullable: true }) sshHost!: string | null;
  @Column('integer', { name: 'ssh_port', nullable: true }) sshPort!: number | null;
  /** SHA-256 of the host key seen first; a later difference is refused. */
  @Column('text', { name: 'host_key', nullable: true }) hostKey!: string | null;
  @Column('jsonb', { nullable: true }) failure!: Failure | null;
  /** Position in the group's list of places to try; the policy `replace` moves it on. */
  @Column('integer', { default: 0 }) attempt!: number;
  @Column('double precision', { name: 'price_per_hour', nullable: true }) pricePerHour!: number | null;
  @Column('text', { nullable: true }) currency!: string | null;
  /** Operation that works on it now, or worked last. */
  @Column('uuid', { name: 'operation_id', nullable: true }) operationId!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'running_at', nullable: true }) runningAt!: Date | null;
}

/** An operation under way on an MCI; the row goes when the operation ends. */
@Entity({ schema: 'infra', name: 'mci_action' })
@Index('mci_action_mci', ['mciId'])
export class MciActionRow {
  @PrimaryColumn('uuid', { name: 'operation_id' }) operationId!: string;
  @ForeignKey(() => MciRow, { name: 'mci_action_mci_fk' }) @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @Column('text') kind!: 'create' | 'scale-out' | 'scale-in' | 'suspend' | 'resume' | 'reboot' | 'terminate' | 'delete';
  @Column('integer') total!: number;
  @Column('text') policy!: PartialFailurePolicy;
  /** Set while a failed create takes back what it made. */
  @Column('jsonb', { nullable: true }) rollback!: { code: string; count: number; message: string; targets: string[] }[] | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** One command on one VM; it is never run twice. */
@Entity({ schema: 'infra', name: 'command_run' })
export class CommandRunRow {
  @PrimaryColumn('uuid', { name: 'operation_id' }) operationId!: string;
  @PrimaryColumn('uuid', { name: 'vm_id' }) vmId!: string;
  @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @Column('text', { name: 'vm_name' }) vmName!: string;
  @Column('text', { default: 'queued' }) state!: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  @Column('integer', { name: 'exit_code', nullable: true }) exitCode!: number | null;
  @Column('text', { default: '' }) stdout!: string;
  @Column('text', { default: '' }) stderr!: string;
  @Column('boolean', { default: false }) truncated!: boolean;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** A command as it was asked. */
@Entity({ schema: 'infra', name: 'command' })
@Index('command_mci', ['mciId'])
export class CommandRow {
  @PrimaryColumn('uuid', { name: 'operation_id' }) operationId!: string;
  @Column('uuid', { name: 'mci_id' }) mciId!: string;
  @Column('text') command!: string;
  @Column('integer', { name: 'timeout_seconds' }) timeoutSeconds!: number;
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** All entities of this domain. */
export const infraEntities = [MciRow, PlaceRow, ResourceRow, VmGroupRow, VmRow, MciActionRow, CommandRow, CommandRunRow];
