/** The SSH side of simulated VMs. */
export { VmShells } from './vm-shells.js';
export type { VmDoor } from './vm-shells.js';
export type { ShellFacts } from './machine.js';
