import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type { Manifest } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import driver from '../src/index.js';
import { Cloud } from '../wire/cloud.js';
import { serve } from '../wire/server.js';

// The imaginary cloud; with a real one, `connect` gives a real credential and `place` a real region, and `faults` are left out.
const cloud = new Cloud('open-sesame');
const wire = await serve(cloud);
after(() => wire.close());

const KINDS: Record<string, string> = { network: 'networks', subnet: 'subnets', 'security-group': 'firewalls', 'key-pair': 'keys', vm: 'servers' };
const requestOf = (method: string): string => {
  const [kind = '', verb] = method.split('.');
  return `${verb === 'create' ? 'POST' : 'GET'} ${KINDS[kind]}`;
};

describeDriver({
  driver,
  manifest: JSON.parse(readFileSync('driver.json', 'utf8')) as Manifest,
  connect: () => ({ credential: { apiToken: 'open-sesame' }, endpoint: wire.url, options: {} }),
  broken: () => ({ credential: { apiToken: 'open-barley' }, endpoint: wire.url, options: {} }),
  place: { region: 'north', zone: 'north-a', specId: 'small', imageId: 'ubuntu-24', sshUser: 'ubuntu' },
  faults: {
    loseNextAnswer: async (method) => wire.trouble(requestOf(method), 'lose'),
    throttleNext: async (method) => wire.trouble(requestOf(method), 'throttle'),
    outOfCapacity: async () => void (cloud.full = true),
    clear: async () => {
      cloud.full = false;
      wire.clear();
    },
    count: async (kind, tags) => [...cloud.things.values()].filter((thing) => thing.kind === KINDS[kind] && thing.state !== 'REMOVING' && Object.entries(tags).every(([key, value]) => thing.labels[key] === value)).length,
    calls: async () => wire.calls(),
  },
  pollMs: 5,
  timeoutMs: 5000,
  runner: { describe: (name, body) => void describe(name, body), it: (name, body, timeout) => void it(name, { ...(timeout !== undefined && { timeout }) }, body) },
});
