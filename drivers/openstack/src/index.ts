import type { Capability, Session } from '@mcmp/driver-sdk';
import { defineDriver } from '@mcmp/driver-sdk';
import { account, quotas, regions } from './account.js';
import { Addresses } from './address.js';
import { OpenStack } from './client.js';
import { clusters } from './cluster.js';
import { customImages } from './custom-image.js';
import { disks } from './disk.js';
import { specs } from './flavor.js';
import { images } from './image.js';
import { keyPairs } from './key-pair.js';
import { loadBalancers } from './load-balancer.js';
import { networkInterfaces } from './network-interface.js';
import { networks } from './network.js';
import { nodeGroups } from './node-group.js';
import { placementGroups } from './placement-group.js';
import { publicIps } from './public-ip.js';
import { securityGroups } from './security-group.js';
import { snapshots } from './snapshot.js';
import { subnets } from './subnet.js';
import { tags } from './tag.js';
import { vms } from './vm.js';

/** A project of an OpenStack, by plain HTTP. */
export default defineDriver({
  async connect(input): Promise<Session> {
    const cloud = new OpenStack(input);
    const addresses = new Addresses(cloud);
    return {
      traits: {
        // OpenStack has no tokens at all, and only a user's key pairs have names of their own.
        idempotencyToken: [],
        uniqueName: ['key-pair'],
        // What its services answered is in their database: a thing is seen at once, but for the moment between a request that was cut off and its commit.
        consistencyWindowMs: 5_000,
        networkScope: 'region',
        subnetScope: 'region',
        vmBatch: 1,
        lacks: lacking(input.options.without),
      },
      account: account(cloud),
      region: regions(cloud),
      spec: specs(cloud),
      image: images(cloud),
      quota: quotas(cloud),
      network: networks(cloud),
      subnet: subnets(cloud),
      'security-group': securityGroups(cloud),
      'key-pair': keyPairs(cloud),
      vm: vms(cloud, addresses),
      disk: disks(cloud),
      'public-ip': publicIps(cloud),
      tag: tags(cloud),
      'network-interface': networkInterfaces(cloud),
      'placement-group': placementGroups(cloud),
      snapshot: snapshots(cloud),
      'custom-image': customImages(cloud),
      'load-balancer': loadBalancers(cloud, addresses),
      cluster: clusters(cloud),
      'node-group': nodeGroups(cloud),
    };
  },
});

/** Capabilities by the services that the connection says its cloud does not have: a session is made without a call, so the catalog is not known yet. */
const lacking = (without: string | undefined): Capability[] => [...(/octavia/.test(without ?? '') ? ['load-balancer' as const] : []), ...(/magnum/.test(without ?? '') ? ['cluster' as const, 'node-group' as const] : [])];
