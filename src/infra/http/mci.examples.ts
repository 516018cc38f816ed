import { operationExample } from '../../platform/index.js';

/** Whole bodies for the API document. */
const at = '2026-11-24T09:00:00.000Z';
const [mciId, projectId, operationId, connectionId, groupId, vmId] = ['11', '02', '21', '31', '41', '51'].map((end) => `019a2c00-0000-7000-8000-0000000000${end}`) as [string, string, string, string, string, string];
const simulated = 'simulated: no published price table';

export const accepted = { ...operationExample, id: operationId, kind: 'mci.create', target: { type: 'mci', id: mciId, name: 'demo' } };
export const mci = {
  id: mciId, projectId, name: 'demo', description: '', labels: { team: 'shop' }, status: 'running', onPartialFailure: 'continue', counts: { running: 20 }, vms: 20,
  pricePerHour: [{ currency: 'USD', perHour: 0.832 }], activeOperationIds: [], createdAt: at,
};
export const mciDetail = {
  ...mci,
  groups: [{ id: groupId, name: 'web', size: 20, cloud: 'aws', connectionId, region: 'us-east-1', zone: null, specId: 't3.medium', imageId: 'ami-0abc0000000000001', labels: {}, counts: { running: 20 }, pricePerHour: 0.0416, currency: 'USD' }],
  publicKey: 'ssh-ed25519 AAAAC3Nza… mcmp-demo', keyDownloadedAt: null, access: [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }],
};
export const vm = {
  id: vmId, name: 'web-1', group: 'web', state: 'running', cloud: 'aws', connectionId, region: 'us-east-1', zone: 'us-east-1a', specId: 't3.medium', imageId: 'ami-0abc0000000000001', cloudId: 'i-0abc0000000000001', providerState: 'running',
  privateIp: '10.0.0.4', publicIp: '203.0.113.4', ssh: { host: '203.0.113.4', port: 22, user: 'ubuntu' }, pricePerHour: 0.0416, currency: 'USD', failure: null, createdAt: at, runningAt: at,
};
export const plan = {
  vms: 20,
  resources: [
    { step: 1, kind: 'network', count: 1, connection: 'aws-1', cloud: 'aws', region: 'us-east-1', name: 'network of the project', exists: false },
    { step: 3, kind: 'vm', count: 20, connection: 'aws-1', cloud: 'aws', region: 'us-east-1', name: 'web', exists: false },
  ],
  price: [{ currency: 'USD', perHour: 0.832, perMonth: 607.36, asOf: '2025-03-02', sources: [simulated], simulated: true }], unpricedVms: 0,
  findings: [{ severity: 'warning', code: 'QUOTA_NEAR', group: 'web', message: 'Quota "Running On-Demand Standard instances" (L-1216C47A) of aws-1 us-east-1 will be nearly used: 40 needed, 44 left of 64.', values: { place: 'aws-1 us-east-1', quota: 'Running On-Demand Standard instances', id: 'L-1216C47A', needed: 40, left: 44, limit: 64 } }],
  estimatedSeconds: 90, estimateBasis: 'default',
};
export const commandResults = { operationId, command: 'hostname', createdAt: at, counts: { done: 1 }, groups: [{ exitCode: 0, stdout: 'web-1\n', stderr: '', error: null, truncated: false, vms: ['web-1'] }] };
export const commandLine = { operationId, command: 'hostname', timeoutSeconds: 60, createdAt: at, createdBy: '019a2c00-0000-7000-8000-000000000003', counts: { done: 100 }, exitCodes: [{ exitCode: 0, count: 100 }] };
