import type { DnsRecord } from '../../dns.js';
import type { HandlerGroups } from '../../driver.js';
import { catalogueOfEngines, KUBERNETES } from './catalog.js';
import type { MemoryDoor } from './door.js';
import { refuse } from './ranges.js';

type Services = Pick<HandlerGroups, 'cluster' | 'node-group' | 'database' | 'queue' | 'dns-zone' | 'dns-record'>;

/** What the cloud runs for its owner: clusters, databases, queues, names. */
export function serviceGroups(door: MemoryDoor): Services {
  const { cloud } = door;
  return {
    ...clusterGroups(door),
    database: {
      ...door.single('database', ({ region, engine, version, specId, storageGiB, subnetIds, user, password, public: open }) => {
        const versions = catalogueOfEngines().filter((row) => row.engine === engine);
        if (versions.length === 0) refuse('NoSuchType', `There is no engine ${engine}.`);
        for (const id of subnetIds) cloud.get('subnet', region, id);
        return { engine, version: version ?? versions.find((row) => row.default)?.version, specId, storageGiB, subnetIds, user, public: open, host: 'db.memory-east.example', port: 5432, secrets: [password] };
      }, true),
      engines: door.pages('database.engines', ({ engine, version }) => `${engine}-${version}`, catalogueOfEngines),
      start: door.act('database.start', 'SHUTOFF', 'STARTING', 'ACTIVE'),
      stop: door.act('database.stop', 'ACTIVE', 'STOPPING', 'SHUTOFF'),
      resize: (request, signal) => door.change('database.resize', request, signal, ({ fields }) => {
        const { specId = fields.specId, storageGiB = fields.storageGiB as number } = request;
        Object.assign(fields, { specId, storageGiB: storageGiB >= (fields.storageGiB as number) ? storageGiB : refuse('BadValue', 'Storage only grows.') });
      }),
    },
    queue: door.single('queue', ({ fifo, name }) => ({ fifo, url: `https://queue.memory-east.example/${name}`, messages: 0 })),
    'dns-zone': door.single('dns-zone', ({ domain, private: inside }) => ({ domain, private: inside, nameServers: ['ns1.memory.example', 'ns2.memory.example'], records: new Map<string, DnsRecord>() })),
    'dns-record': recordGroup(door),
  };
}

function clusterGroups(door: MemoryDoor): Pick<Services, 'cluster' | 'node-group'> {
  const { cloud } = door;
  return {
    cluster: {
      ...door.single('cluster', ({ region, version, networkId, subnetIds }) => ({
        version: version ?? KUBERNETES.find((row) => row.default)?.version, networkId, subnetIds: subnetIds.map((id) => cloud.get('subnet', region, id).id), endpoint: `https://k8s-${cloud.of('cluster', region).length}.memory-east.example`, createdAt: new Date().toISOString(),
      }), true),
      versions: (_request, signal) => door.ask('cluster.versions', signal, () => ({ items: KUBERNETES })),
      upgrade: async (request, signal) => {
        await door.change('cluster.upgrade', request, signal, (thing) => {
          if (!KUBERNETES.some(({ version }) => version === request.version)) refuse('NoSuchType', 'There is no such version.');
          Object.assign(thing.fields, { version: request.version });
          Object.assign(thing, { state: 'UPGRADING', next: cloud.later('ACTIVE') });
        });
      },
      kubeconfig: ({ region, id }, signal) => door.ask('cluster.kubeconfig', signal, () => ({ kubeconfig: kubeconfigOf(id, cloud.get('cluster', region, id).fields.endpoint as string) })),
    },
    'node-group': {
      ...door.single('node-group', ({ region, clusterId, subnetIds, ...shape }) => {
        checkedBounds(shape);
        const { specId, size, minSize, maxSize } = shape;
        const { version } = cloud.get('cluster', region, clusterId).fields;
        return { clusterId, subnetIds, specId, size, minSize, maxSize, version };
      }, true),
      resize: (request, signal) => door.change('node-group.resize', request, signal, ({ fields }) => {
        const { size, minSize, maxSize } = checkedBounds(request);
        Object.assign(fields, { size, minSize, maxSize });
      }),
      upgrade: async (request, signal) => {
        await door.change('node-group.upgrade', request, signal, ({ fields }) => void (fields.version = request.version));
      },
    },
  };
}

/** @throws Refusal BadValue. */
function checkedBounds<T extends { size: number; minSize: number; maxSize: number }>(shape: T): T {
  return shape.minSize <= shape.size && shape.size <= shape.maxSize ? shape : refuse('BadValue', `${shape.size} nodes lie outside ${shape.minSize} to ${shape.maxSize}.`);
}

const kubeconfigOf = (id: string, endpoint: string): string => `apiVersion: v1
kind: Config
clusters:
  - name: ${id}
    cluster:
      server: ${endpoint}
users:
  - name: kit
    user:
      token: a-token-of-nobody
contexts:
  - name: ${id}
    context: { cluster: ${id}, user: kit }
current-context: ${id}
`;

function recordGroup(door: MemoryDoor): HandlerGroups['dns-record'] {
  const recordsOf = ({ region, zoneId }: { region: string; zoneId: string }): Map<string, DnsRecord> => door.cloud.get('dns-zone', region, zoneId).fields.records as Map<string, DnsRecord>;
  const keyOf = ({ name, type, setId = '' }: Pick<DnsRecord, 'name' | 'type' | 'setId'>): string => `${name} ${type} ${setId}`;
  return {
    list: door.pages('dns-record.list', keyOf, (request: Parameters<HandlerGroups['dns-record']['list']>[0]) => [...recordsOf(request).values()]),
    set: ({ region, ...record }, signal) => door.ask('dns-record.set', signal, () => {
      if (record.type === 'A' && !record.values.every((value) => /^\d{1,3}(\.\d{1,3}){3}$/.test(value))) refuse('BadValue', 'An A record holds IPv4 addresses.');
      recordsOf({ region, zoneId: record.zoneId }).set(keyOf(record), record);
      return record;
    }),
    delete: (request, signal) => door.ask('dns-record.delete', signal, () => void recordsOf(request).delete(keyOf(request))),
  };
}
