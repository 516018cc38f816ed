import type { VmRow } from './infra.entities.js';
import type { Rows } from './rows.js';
import type { SshTarget } from './ssh.js';

/** How a running VM is reached over SSH; the first host key that it shows is kept, and only that one is taken later. @throws Error where it does not run. */
export function sshTargetOf(rows: Rows, vm: VmRow | null, privateKey: string): SshTarget {
  if (!vm?.sshHost || vm.state !== 'running') throw new Error('the VM does not run any more');
  const onHostKey = (hash: string): void => void rows.manager.query('UPDATE infra.vm SET host_key = $2 WHERE id = $1 AND host_key IS NULL', [vm.id, hash]).catch(() => undefined);
  return { host: vm.sshHost, port: vm.sshPort ?? 22, user: vm.sshUser, privateKey, hostKey: vm.hostKey, onHostKey };
}
