import type { DBInstance } from '@aws-sdk/client-rds';
import type { CreateDatabase, DatabaseHandlers, ManagedDatabase } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { createHash } from 'node:crypto';
import type { Aws, Service } from './client.js';
import { concealed, failedWith, isGone } from './errors.js';
import { readPageOfAll } from './listing.js';
import { hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';
import { readPage } from './pages.js';

type Rds = Service<'rds'>;

/** Engines that one instance of RDS runs by itself and that need no licence. */
const ENGINES = ['postgres', 'mysql', 'mariadb'];

/** RDS takes at most 63 of a-z, 0-9 and single hyphens, none at the end. */
const identifier = (name: string): string => (/--|-$/.test(name) || name.length > 63 ? `${name.replace(/-+/g, '-').slice(0, 50).replace(/-$/, '')}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}` : name);
const groupOf = (id: string): string => `mcmp-${id}`;

/** Servers of RDS, each with a subnet group of its own. The id is the identifier, which AWS keeps unique in an account and region. */
export function databases(aws: Aws): DatabaseHandlers {
  return {
    async create(request, signal) {
      const rds = await aws.service('rds', request.region, signal);
      const id = identifier(request.name);
      await ensureGroup(rds, groupOf(id), request);
      try {
        const { DBInstance } = await concealed(request.password, rds.send(new rds.CreateDBInstanceCommand({
          DBInstanceIdentifier: id, Engine: request.engine, DBInstanceClass: request.specId, AllocatedStorage: request.storageGiB, StorageType: 'gp3', StorageEncrypted: true, MasterUsername: request.user,
          MasterUserPassword: request.password, DBSubnetGroupName: groupOf(id), PubliclyAccessible: request.public, VpcSecurityGroupIds: request.securityGroupIds, Tags: toTags({ ...marked(request), Name: request.name }),
          ...present({ EngineVersion: request.version }),
        })));
        return { ...toDatabase(DBInstance ?? {}, request.region), id, name: request.name, tags: request.tags };
      } catch (error) {
        if (!failedWith(error, 'DBInstanceAlreadyExists', 'DBInstanceAlreadyExistsFault')) throw error;
        const there = await find(rds, id);
        if (!hasToken(there?.TagList, request.token)) throw error;
        return toDatabase(there!, request.region);
      }
    },

    /** Until the subnet group is gone too, it is being deleted. */
    async get({ region, id }, signal) {
      const rds = await aws.service('rds', region, signal);
      const instance = await find(rds, id);
      if (instance) return toDatabase(instance, region);
      if (await hasGroup(rds, groupOf(id))) return { ...toDatabase({ DBInstanceIdentifier: id }, region), providerState: 'deleting-subnet-group', state: 'deleting' };
      throw new DriverError('NOT_FOUND', `There is no database ${id} in this region.`, { providerCode: 'DBInstanceNotFound' });
    },

    async list(request, signal) {
      const rds = await aws.service('rds', request.region, signal);
      return readPageOfAll(request, [20, 100], async ({ MaxResults, NextToken }) => {
        const { DBInstances = [], Marker } = await rds.send(new rds.DescribeDBInstancesCommand({ MaxRecords: MaxResults, ...present({ Marker: NextToken }) }));
        return { items: DBInstances.map((instance) => toDatabase(instance, request.region)), next: Marker };
      });
    },

    /** The instance takes minutes to go, and its subnet group can only follow: a repeated delete finishes it. */
    async delete({ region, id }, signal) {
      const rds = await aws.service('rds', region, signal);
      await rds.send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true, DeleteAutomatedBackups: true })).catch(async (error: unknown) => {
        if (isGone(error)) return;
        if (!failedWith(error, 'InvalidDBInstanceState', 'InvalidDBInstanceStateFault') || (await find(rds, id))?.DBInstanceStatus !== 'deleting') throw error;
      });
      await rds.send(new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: groupOf(id) })).catch((error: unknown) => {
        if (!isGone(error) && !failedWith(error, 'InvalidDBSubnetGroupStateFault')) throw error;
      });
    },

    async engines(request, signal) {
      const rds = await aws.service('rds', request.region, signal);
      const Filters = [{ Name: 'engine', Values: ENGINES }];
      const { DBEngineVersions: defaults = [] } = await rds.send(new rds.DescribeDBEngineVersionsCommand({ DefaultOnly: true, Filters }));
      const preferred = new Set(defaults.map(({ Engine, EngineVersion }) => `${Engine} ${EngineVersion}`));
      return readPage(request, [20, 100], async ({ MaxResults, NextToken }) => {
        const { DBEngineVersions = [], Marker } = await rds.send(new rds.DescribeDBEngineVersionsCommand({ MaxRecords: MaxResults, Filters, ...present({ Marker: NextToken }) }));
        return { items: DBEngineVersions.map(({ Engine = '', EngineVersion = '' }) => ({ engine: Engine, version: EngineVersion, default: preferred.has(`${Engine} ${EngineVersion}`) })), next: Marker };
      });
    },

    async start({ region, id }, signal) {
      const rds = await aws.service('rds', region, signal);
      if (['available', 'starting'].includes((await existing(rds, id)).DBInstanceStatus ?? '')) return;
      await rds.send(new rds.StartDBInstanceCommand({ DBInstanceIdentifier: id }));
    },

    /** AWS starts it again after seven days. */
    async stop({ region, id }, signal) {
      const rds = await aws.service('rds', region, signal);
      if (['stopped', 'stopping'].includes((await existing(rds, id)).DBInstanceStatus ?? '')) return;
      await rds.send(new rds.StopDBInstanceCommand({ DBInstanceIdentifier: id }));
    },

    async resize({ region, id, specId, storageGiB }, signal) {
      const rds = await aws.service('rds', region, signal);
      const { DBInstance } = await rds.send(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ApplyImmediately: true, ...present({ DBInstanceClass: specId, AllocatedStorage: storageGiB }) }));
      return toDatabase(DBInstance ?? {}, region);
    },
  };
}

async function ensureGroup(rds: Rds, DBSubnetGroupName: string, request: CreateDatabase): Promise<void> {
  await rds.send(new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName, DBSubnetGroupDescription: `of ${request.name}`, SubnetIds: request.subnetIds, Tags: toTags({ ...marked(request), Name: request.name }) })).catch((error: unknown) => {
    if (!failedWith(error, 'DBSubnetGroupAlreadyExists', 'DBSubnetGroupAlreadyExistsFault')) throw error;
  });
}

const orNothing = <T>(look: Promise<T | undefined>): Promise<T | undefined> => look.catch((error: unknown) => {
  if (isGone(error)) return undefined;
  throw error;
});
const find = (rds: Rds, id: string): Promise<DBInstance | undefined> => orNothing(rds.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id })).then(({ DBInstances }) => DBInstances?.[0]));
const hasGroup = async (rds: Rds, name: string): Promise<boolean> => (await orNothing(rds.send(new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name })).then(({ DBSubnetGroups }) => DBSubnetGroups?.[0]))) !== undefined;

async function existing(rds: Rds, id: string): Promise<DBInstance> {
  const instance = await find(rds, id);
  if (!instance) throw new DriverError('NOT_FOUND', `There is no database ${id} in this region.`, { providerCode: 'DBInstanceNotFound' });
  return instance;
}

const FAILED = /^(failed|incompatible-|inaccessible-|insufficient-|restore-error|storage-full)/;
const stateOf = (word: string): ManagedDatabase['state'] => (word === 'available' || word === 'storage-optimization' ? 'available' : word === 'stopped' ? 'suspended' : word === 'deleting' ? 'deleting' : FAILED.test(word) ? 'failed' : 'pending');

export function toDatabase(instance: DBInstance, region: string): ManagedDatabase {
  const id = instance.DBInstanceIdentifier ?? '';
  return {
    id, name: nameOf(instance.TagList, id), region, tags: tagsOf(instance.TagList), providerState: instance.DBInstanceStatus ?? 'unknown', state: stateOf(instance.DBInstanceStatus ?? ''),
    engine: instance.Engine ?? '', version: instance.EngineVersion ?? '', specId: instance.DBInstanceClass ?? '', storageGiB: instance.AllocatedStorage ?? 0, public: instance.PubliclyAccessible ?? false,
    ...present({ host: instance.Endpoint?.Address, port: instance.Endpoint?.Port, user: instance.MasterUsername }),
  };
}
