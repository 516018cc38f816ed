import type { AddressInfo } from 'node:net';
import type { Wire } from '../../simulator/world/types.js';
import { startServer } from './server.js';

/** AWS as its own clients see it: EC2, STS, Service Quotas and Pricing on one port, told apart by the scope of each request's signature. */
const ec2: Wire = {
  name: 'ec2',
  async start(world, options) {
    const server = await startServer(world, options);
    return {
      port: (server.address() as AddressInfo).port,
      close: () => new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    };
  },
};

export default ec2;
