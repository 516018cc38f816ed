import type { Thing } from './types.js';

/** What a VM's SSH side has to know. */
export interface ShellVm {
  address: string;
  port: number;
  hostname: string;
  user: string;
  publicKey: string;
  facts: {
    cloud: string; region: string; zone?: string; specId: string; vcpu: number; memoryMiB: number; osFamily: string; osVersion: string; architecture: string; privateIp: string;
  };
}

/** Opens and closes the SSH of simulated VMs. */
export interface Shells {
  open(vm: ShellVm): Promise<void>;
  close(address: string, port: number): Promise<void>;
  closeAll(): Promise<void>;
}

const AT_ONCE = 8;

/** Keeps the SSH of each VM as its state wants it: steps at one address follow each other, a few addresses are worked on at a time. */
export class Doors {
  /** What stands open at which address. */
  readonly #open = new Map<string, ShellVm>();
  readonly #steps = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly shells: Shells | undefined, private readonly describe: (vm: Thing<'vm'>) => ShellVm, private readonly log: (line: string) => void) {}

  /** Opens the VM's door at its present public address; none where it has no address or no key. */
  open(vm: Thing<'vm'>): void {
    const { publicIp, publicKey } = vm.attributes;
    if (!this.shells || !publicIp || !publicKey) return;
    const shell = this.describe(vm);
    this.#open.set(publicIp, shell);
    this.#step(publicIp, (shells) => shells.open(shell), `SSH of ${vm.cloud} VM ${vm.id} did not open`);
  }

  /** Closes what stands open at an address; nothing where nothing does. */
  close(address: string | undefined): void {
    const shell = address === undefined ? undefined : this.#open.get(address);
    if (address === undefined || !shell) return;
    this.#open.delete(address);
    this.#step(address, (shells) => shells.close(address, shell.port), `SSH at ${address} did not close`);
  }

  /** Closes all doors. */
  async closeAll(): Promise<void> {
    this.#open.clear();
    await this.settled();
    await this.shells?.closeAll();
  }

  /** When every step that was asked for is done. */
  async settled(): Promise<void> {
    while (this.#steps.size > 0) await Promise.all(this.#steps.values());
  }

  #step(address: string, work: (shells: Shells) => Promise<void>, complaint: string): void {
    const before = this.#steps.get(address) ?? Promise.resolve();
    const step = before
      .then(() => this.#turn(work))
      .catch((error: unknown) => this.log(`${complaint}: ${error instanceof Error ? error.message : String(error)}`))
      .then(() => {
        if (this.#steps.get(address) === step) this.#steps.delete(address);
      });
    this.#steps.set(address, step);
  }

  async #turn(work: (shells: Shells) => Promise<void>): Promise<void> {
    if (!this.shells) return;
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running += 1;
    try {
      await work(this.shells);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
