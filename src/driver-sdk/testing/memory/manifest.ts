import { CAPABILITY_METHODS } from '../../capabilities.js';
import type { Capability, Traits } from '../../driver.js';
import type { DriverFunction } from '../../function.js';
import type { Manifest } from '../../manifest.js';

/** Functions of the driver's own, beside the capabilities. */
const FUNCTIONS: DriverFunction[] = [
  {
    name: 'measureText', title: { en: 'Count the letters of a text', ko: '글자 수 세기' }, read: true,
    input: { type: 'object', properties: { text: { type: 'string' } }, additionalProperties: false },
    output: { type: 'object', properties: { text: { type: 'string' }, letters: { type: 'integer' } }, required: ['text', 'letters'] },
  },
];

/** `driver.json` of the driver in memory. */
export const MEMORY_MANIFEST: Manifest = {
  name: 'memory', version: '1.0.0', sdk: 1, cloud: 'memory', title: { en: 'Cloud in memory', ko: '메모리 클라우드' }, entry: 'dist/index.js',
  capabilities: Object.keys(CAPABILITY_METHODS) as Capability[],
  credential: [
    { name: 'key', label: { en: 'Key', ko: '키' }, secret: false, required: true, pattern: '[a-z-]+' },
    { name: 'secret', label: { en: 'Secret', ko: '비밀' }, help: { en: 'Shown once, when the key is made.' }, secret: true, required: true },
  ],
  options: [{ name: 'mood', label: { en: 'Mood' }, secret: false, required: false, values: ['calm', 'busy'], default: 'calm' }],
  endpoint: 'optional',
  limits: [{ methods: ['vm.create'], scope: 'region', burst: 5, perSecond: 2 }, { methods: ['*.list', '*.get'], scope: 'region', burst: 100, perSecond: 20 }, { methods: ['*'], scope: 'account', burst: 50, perSecond: 5 }],
  deadlinesMs: { 'vm.create': 20_000, '*': 10_000 },
  functions: FUNCTIONS,
};

/** The usual manners of the cloud in memory. */
export const MEMORY_TRAITS: Traits = {
  idempotencyToken: ['network', 'vm', 'disk', 'public-ip', 'nat-gateway', 'load-balancer', 'cluster', 'node-group', 'file-system'],
  uniqueName: ['security-group', 'key-pair', 'placement-group', 'bucket', 'database', 'queue', 'iam-user', 'iam-role'],
  consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'zone', vmBatch: 4, subnetsForServices: 2,
};
