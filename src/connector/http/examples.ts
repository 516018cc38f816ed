/** Whole bodies for the API page. */
const at = '2026-11-24T09:00:00.000Z';
const connectionId = '019a2c00-0000-7000-8000-000000000011';

export const connectionExample = {
  id: connectionId, workspaceId: '019a2c00-0000-7000-8000-000000000001', name: 'aws-main', driver: 'aws', cloud: 'aws', endpoint: null, options: {}, regions: [], state: 'verified',
  accountId: '123456789012', principal: 'arn:aws:iam::123456789012:user/mcmp', verifiedAt: at, lastError: null, syncOperationId: '019a2c00-0000-7000-8000-000000000021', syncedAt: at, createdAt: at, updatedAt: at,
};
export const regionExample = {
  connectionId, connection: 'aws-main', cloud: 'aws', id: 'ap-northeast-2', name: 'Asia Pacific (Seoul)', latitude: 37.57, longitude: 126.98, enabled: true,
  zones: [{ id: 'ap-northeast-2a', available: true }], specCount: 412, imageCount: 12, syncedAt: at, lastError: null,
};
export const specExample = {
  connectionId, connection: 'aws-main', cloud: 'aws', region: 'ap-northeast-2', id: 'm5.large', vcpu: 2, memoryMiB: 8192, architecture: 'amd64', gpuCount: 0, networkPerformance: 'Up to 10 Gigabit',
  price: { currency: 'USD', perHour: 0.118, source: 'AWS Price List', asOf: at, simulated: false, ageDays: 3 }, syncedAt: at,
};
export const imageExample = {
  connectionId, connection: 'aws-main', cloud: 'aws', region: 'ap-northeast-2', id: 'ami-0123456789abcdef0', name: 'ubuntu-noble-24.04-amd64-server', osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64',
  sshUser: 'ubuntu', minDiskGiB: 8, createdAt: at, publisher: 'Canonical', syncedAt: at,
};
export const quotaExample = { id: 'L-1216C47A', name: 'Running On-Demand Standard instances', region: 'ap-northeast-2', measure: 'vcpu', specPrefixes: ['m', 't'], limit: 640, used: 20, source: 'account' };
const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const userId = '019a2c00-0000-7000-8000-000000000003';
export const driverExample = {
  name: 'aws', version: '1.1.0', state: 'ready', why: null, hash, source: 'bundle', cloud: 'aws', title: { en: 'Amazon Web Services' }, capabilities: ['account', 'region', 'vm'],
  credential: [{ name: 'accessKeyId', label: { en: 'Access key ID' }, secret: false, required: true }], options: [], endpoint: 'optional', connections: 3, pinned: '^1.0.0', previous: '1.0.0',
  versions: [{ version: '1.1.0', hash, state: 'active', source: 'upload', signature: { keyId: '0123456789abcdef', trusted: true }, allowedBy: null, installedBy: userId, installedAt: at, capabilities: ['account', 'region', 'vm'] }],
  servers: [{ name: 'server-1', hash, state: 'ready', why: null, seenAt: at }],
};
export const driverDeedExample = { id: '019a2c00-0000-7000-8000-000000000041', at, who: userId, what: 'activated', driver: 'aws', version: '1.1.0', hash, detail: {} };
export const driverKeyExample = { keyId: '0123456789abcdef', title: 'Acme drivers', publicKey: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n', addedBy: userId, addedAt: at, versions: ['aws@1.1.0'] };
export const driverRepositoryExample = { id: '019a2c00-0000-7000-8000-000000000051', name: 'acme', url: 'https://drivers.example.com', kind: 'static', insecure: false, hasToken: true, state: 'ready', lastError: null, checkedAt: at, createdBy: userId, createdAt: at };
export const foundDriverExample = { name: 'aws', source: 'acme', cloud: 'aws', title: { en: 'Amazon Web Services' }, description: null, versions: ['1.2.0', '1.1.0'], installed: '1.1.0' };
export const driverUpdateExample = { version: '1.2.0', repository: 'acme', withinPin: true, keyId: '0123456789abcdef', publishedAt: at };

const used = (calls: number) => ({
  calls, throttled: 0, byPurpose: { person: 2, provisioning: calls - 2, reconcile: 0, inventory: 0 },
  byWorkspace: [{ workspaceId: '019a2c00-0000-7000-8000-000000000001', workspace: 'default', calls: calls - 10 }, { workspaceId: null, workspace: null, calls: 10 }], byServer: [{ server: 'server-1', calls }],
});
export const budgetExample = {
  connectionId, connection: 'aws-main', accountId: '123456789012', asOf: at, servers: ['server-1'], published: [{ methods: ['vm.get', 'vm.list'], scope: 'region', perSecond: 20, burst: 100 }],
  buckets: [{
    region: 'ap-northeast-2', apiClass: 'vm.get vm.list', methods: ['vm.get', 'vm.list'], counts: 'calls', source: 'manifest', limit: { perSecond: 20, burst: 100 }, rate: 20, share: 1, tokens: 61.5, keptForPersons: 9, pausedUntil: null,
    waiting: { person: 0, provisioning: 0, reconcile: 0, inventory: 0 }, lastMinute: used(212), lastHour: used(1840),
  }],
};

export const driverReportExample = { id: '019a2c00-0000-7000-8000-000000000061', driver: 'aws', version: '1.1.0', contentHash: hash, proof: 'independent-emulator', against: 'moto 5.2.5', origin: 'run-here', ranAt: at, counts: { passed: 412, failed: 0, skipped: 31 }, addedBy: userId, addedAt: at };
export const driverGradeExample = {
  driver: 'aws', version: '1.1.0', hash, letter: 'A', counts: { passed: 412, failed: 0, skipped: 31 }, reports: [driverReportExample],
  capabilities: [{ capability: 'vm', best: 'independent-emulator', proofs: [{ proof: 'independent-emulator', against: 'moto 5.2.5', origin: 'run-here', at, passed: 30, failed: 0, skipped: 2, proven: true, partly: false }] }, { capability: 'price', best: 'unproven', proofs: [] }],
};
