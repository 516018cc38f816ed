import { defineDriver } from '@mcmp/driver-sdk';
import { catalogue } from './catalog.js';
import { Client } from './client.js';
import { keyPairs, networks, securityGroups, subnets, vms } from './resources.js';

/** The driver of My Cloud. `connect` asks the cloud nothing: a wrong credential shows at the first call. */
export default defineDriver({
  async connect({ credential, endpoint }) {
    const client = new Client(endpoint ?? 'http://127.0.0.1:7410', credential.apiToken ?? '');
    return {
      // How this cloud behaves where clouds differ. The platform reads these, and the kit holds the driver to them.
      traits: { idempotencyToken: ['network', 'subnet', 'security-group', 'key-pair', 'vm'], uniqueName: ['key-pair'], consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'region', vmBatch: 10 },
      ...catalogue(client),
      network: networks(client),
      subnet: subnets(client),
      'security-group': securityGroups(client),
      'key-pair': keyPairs(client),
      vm: vms(client),
    };
  },
});
