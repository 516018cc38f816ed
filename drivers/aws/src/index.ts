import type { Session } from '@mcmp/driver-sdk';
import { defineDriver } from '@mcmp/driver-sdk';
import { account, regions } from './account.js';
import { buckets } from './bucket.js';
import { charges } from './charge.js';
import { Aws } from './client.js';
import { clusters } from './cluster.js';
import { customImages } from './custom-image.js';
import { databases } from './database.js';
import { disks } from './disk.js';
import { dnsRecords } from './dns-record.js';
import { dnsZones } from './dns-zone.js';
import { events } from './event.js';
import { fileSystems } from './file-system.js';
import { functions } from './function.js';
import { iamRoles } from './iam-role.js';
import { iamUsers } from './iam-user.js';
import { images } from './image.js';
import { internetGateways } from './internet-gateway.js';
import { keyPairs } from './key-pair.js';
import { loadBalancers } from './load-balancer.js';
import { metrics } from './metric.js';
import { natGateways } from './nat-gateway.js';
import { networks } from './network.js';
import { networkInterfaces } from './network-interface.js';
import { placementGroups } from './placement-group.js';
import { nodeGroups } from './node-group.js';
import { objects } from './object.js';
import { prices } from './price.js';
import { publicIps } from './public-ip.js';
import { queues } from './queue.js';
import { quotas } from './quota.js';
import { routeTables } from './route-table.js';
import { securityGroups } from './security-group.js';
import { snapshots } from './snapshot.js';
import { specs } from './spec.js';
import { subnets } from './subnet.js';
import { tags } from './tag.js';
import { VM_BATCH, vms } from './vm.js';
import { vpnConnections, vpnGateways } from './vpn.js';

/** Amazon EC2 with what belongs to it, by AWS's own modular library. */
export default defineDriver({
  async connect(input): Promise<Session> {
    const aws = new Aws(input);
    return {
      traits: {
        idempotencyToken: ['vm', 'disk', 'dns-zone', 'file-system', 'load-balancer'],
        uniqueName: ['key-pair', 'security-group', 'placement-group', 'custom-image', 'bucket', 'queue', 'iam-user', 'iam-role', 'cluster', 'node-group', 'database'],
        // "Eventual consistency in the Amazon EC2 API" names no bound; a minute is what clients of AWS allow.
        consistencyWindowMs: Number(input.options.consistencyWindowSeconds || 60) * 1000,
        networkScope: 'region',
        subnetScope: 'zone',
        vmBatch: VM_BATCH,
        // EKS, RDS and application load balancers want two zones.
        subnetsForServices: 2,
      },
      close: () => aws.close(),
      account: account(aws),
      region: regions(aws),
      spec: specs(aws),
      image: images(aws),
      price: prices(aws),
      quota: quotas(aws),
      network: networks(aws),
      subnet: subnets(aws),
      'security-group': securityGroups(aws),
      'key-pair': keyPairs(aws),
      vm: vms(aws),
      disk: disks(aws),
      'public-ip': publicIps(aws),
      tag: tags(aws),
      'network-interface': networkInterfaces(aws),
      'internet-gateway': internetGateways(aws),
      'nat-gateway': natGateways(aws),
      'route-table': routeTables(aws),
      'placement-group': placementGroups(aws),
      snapshot: snapshots(aws),
      'custom-image': customImages(aws),
      'vpn-gateway': vpnGateways(aws),
      'vpn-connection': vpnConnections(aws),
      'load-balancer': loadBalancers(aws),
      bucket: buckets(aws),
      object: objects(aws),
      queue: queues(aws),
      'dns-zone': dnsZones(aws),
      'dns-record': dnsRecords(aws),
      'iam-user': iamUsers(aws),
      'iam-role': iamRoles(aws),
      cluster: clusters(aws),
      'node-group': nodeGroups(aws),
      'file-system': fileSystems(aws),
      database: databases(aws),
      metric: metrics(aws),
      event: events(aws),
      charge: charges(aws),
      function: functions(aws),
    };
  },
});
