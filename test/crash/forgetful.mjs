// A deliberately wrong driver for the control run of the kill matrix: it gives each create a token of its own and finds nothing by owner tag,
// so that the count of leaks is known to see them. Stands in for the entry of a driver whose real bundle lies beside it as real.js.
import { randomUUID } from 'node:crypto';
import real from './real.js';

const wrapGroup = (group) => ({
  ...group,
  ...(group.create && { create: (request, signal) => group.create({ ...request, token: randomUUID() }, signal) }),
  ...(group.list && { list: (request, signal) => (request.tags?.['mcmp-id'] || request.tags?.['mcmp-batch'] ? Promise.resolve({ items: [] }) : group.list(request, signal)) }),
});

export default {
  mcmpDriver: 1,
  async connect(input) {
    const session = await real.connect(input);
    return Object.fromEntries(Object.entries(session).map(([name, group]) => [name, ['network', 'subnet', 'security-group', 'key-pair', 'vm'].includes(name) ? wrapGroup(group) : group]));
  },
};
