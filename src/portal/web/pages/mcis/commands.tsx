import type { MciDetail, Vm } from './types';

/** Commands on the VMs of an MCI. */
export function CommandsTab({ mci }: { mci: MciDetail; vms: readonly Vm[]; chosen: readonly string[]; setChosen(names: string[]): void }) {
  return <>{mci.name}</>;
}
