import type { Capability } from './driver.js';

/** Methods of each capability; those ending in `?` may be absent. The loader, the host and the conformance kit read this one table. */
export const CAPABILITY_METHODS: Record<Capability, readonly string[]> = {
  account: ['verify'],
  region: ['list', 'listZones'],
  spec: ['list'],
  image: ['list'],
  price: ['list'],
  quota: ['list'],
  network: ['create', 'get', 'list', 'delete'],
  subnet: ['create', 'get', 'list', 'delete'],
  'security-group': ['create', 'get', 'list', 'delete', 'setRules'],
  'key-pair': ['create', 'get', 'list', 'delete'],
  vm: ['create', 'get', 'list', 'start', 'stop', 'reboot', 'delete', 'resize?'],
  disk: ['create', 'get', 'list', 'delete', 'attach', 'detach', 'resize?'],
  'public-ip': ['create', 'get', 'list', 'delete', 'associate', 'disassociate'],
  tag: ['set', 'remove'],
};

/** Methods that read only, and so may always be repeated. */
export const isRead = (method: string): boolean => /\.(get|list|listZones|verify)$/.test(method);
