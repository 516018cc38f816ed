import { X509Certificate } from 'node:crypto';
import { certifiable } from './certificate.js';
import type { Door } from './client.js';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/**
 * A kubeconfig for a cluster's administrators, with a key of its own that the cluster's authority certifies by Magnum. The key is made here and sent nowhere.
 * Lives as long as Magnum's operator lets certificates live, by default five years; nothing but a new authority of the cluster takes it back.
 */
export async function kubeconfigOf(door: Door, { id, name, endpoint }: { id: string; name: string; endpoint: string }): Promise<{ kubeconfig: string; expiresAt: string }> {
  const { privateKey, request } = certifiable('admin', 'system:masters');
  const [authority, certificate] = await Promise.all([
    door.get<{ pem: string }>(`/certificates/${encodeURIComponent(id)}`),
    door.post<{ pem: string }>('/certificates', { cluster_uuid: id, csr: request }),
  ]);
  const kubeconfig = [
    'apiVersion: v1', 'kind: Config',
    'clusters:', `- name: ${name}`, '  cluster:', `    server: ${endpoint}`, `    certificate-authority-data: ${base64(authority.pem)}`,
    'users:', '- name: admin', '  user:', `    client-certificate-data: ${base64(certificate.pem)}`, `    client-key-data: ${base64(privateKey)}`,
    'contexts:', `- name: ${name}`, '  context:', `    cluster: ${name}`, '    user: admin', `current-context: ${name}`, '',
  ].join('\n');
  return { kubeconfig, expiresAt: new Date(new X509Certificate(certificate.pem).validTo).toISOString() };
}
