import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Thing } from '../world/index.js';
import { WorldError } from '../world/index.js';
import type { Caller } from './methods/method.js';

const HOUR_MS = 3_600_000;

/** Where a cluster's API server answers: a door of the plain wire that knows `/version`, `/readyz` and `/api/v1/nodes`. */
export const clusterUrl = (cluster: Thing<'cluster'>, base: string): string => `${base}/k8s/${cluster.cloud}/${cluster.account}/${cluster.region}/${encodeURIComponent(cluster.id)}`;

/** A token that opens one cluster for an hour. */
export const tokenOf = (secret: string, clusterId: string, expiresAt: number): string => `box.${expiresAt}.${createHmac('sha256', secret).update(`k8s ${clusterId} ${expiresAt}`).digest('hex')}`;

/** Whether a token opens a cluster now. */
export function opens(token: string, secret: string, clusterId: string, now: number): boolean {
  const [, expiresAt = '0'] = token.split('.');
  const expected = Buffer.from(tokenOf(secret, clusterId, Number(expiresAt))), told = Buffer.from(token);
  return expected.length === told.length && timingSafeEqual(expected, told) && now < Number(expiresAt);
}

/** A kubeconfig for whoever may ask for the cluster. @throws WorldError CONFLICT before it has an API server. */
export function kubeconfigOf(cluster: Thing<'cluster'>, { base, secret, now }: Caller): { kubeconfig: string; expiresAt: string } {
  if (cluster.state === 'pending') throw new WorldError('CONFLICT', `the cluster '${cluster.id}' is not ready yet`, { kind: 'cluster', id: cluster.id });
  const expiresAt = now + HOUR_MS;
  const kubeconfig = [
    'apiVersion: v1', 'kind: Config', 'clusters:', `- name: ${cluster.name}`, '  cluster:', `    server: ${clusterUrl(cluster, base)}`, 'users:', `- name: ${cluster.name}-user`, '  user:',
    `    token: ${tokenOf(secret, cluster.id, expiresAt)}`, 'contexts:', `- name: ${cluster.name}`, '  context:', `    cluster: ${cluster.name}`, `    user: ${cluster.name}-user`, `current-context: ${cluster.name}`, '',
  ].join('\n');
  return { kubeconfig, expiresAt: new Date(expiresAt).toISOString() };
}
