import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server as Listener, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, ParsedKey, Server } from 'ssh2';
import { hostKey } from './host-key.js';
import type { Machine, ShellFacts } from './machine.js';
import { serveSessions } from './session.js';

/** One VM's SSH door: where it listens and who may enter. */
export interface VmDoor {
  /** A loopback address of its own, 127.x.y.z. */
  address: string;
  port: number;
  hostname: string;
  /** The one user. */
  user: string;
  /** OpenSSH line of the one key; anything else is refused. An unreadable one lets nobody in. */
  publicKey: string;
  facts: ShellFacts;
}

/** `clients` by their address and port, each with the clock that ends it unless it logs in. */
interface OpenDoor { listener: Listener; clients: Map<string, { socket: Socket; late: NodeJS.Timeout }>; server?: Server; key?: ParsedKey; machine: Machine; vm: VmDoor }

const LOGIN_MS = 20_000;
const LOGIN_ATTEMPTS = 6;
const CLIENTS_PER_VM = 64;

/** The SSH side of simulated VMs: a listener per VM, and a server behind it from its first client on, so that a thousand quiet VMs are cheap. */
export class VmShells {
  private readonly doors = new Map<string, OpenDoor>();
  private readonly hostKeySecret: string;

  /** `hostKeySecret` makes the host keys; with the same one, a VM has the same key after a restart of the box. */
  constructor(private readonly options: { log?(line: string): void; hostKeySecret?: string } = {}) {
    this.hostKeySecret = options.hostKeySecret ?? randomBytes(32).toString('hex');
  }

  /**
   * Begins to listen; a door that is open already takes the new values for the next clients.
   * @throws Error that says why the address cannot be used.
   */
  async open(vm: VmDoor): Promise<void> {
    if (!/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(vm.address)) throw new Error(`A simulated VM listens on a loopback address 127.x.y.z only, not on ${vm.address}.`);
    const place = `${vm.address}:${vm.port}`;
    const parsed = ssh2.utils.parseKey(vm.publicKey);
    const key = parsed instanceof Error ? undefined : parsed;
    if (!key) this.options.log?.(`${vm.hostname}: the public key cannot be read, so nobody can log in`);
    const machine: Machine = { hostname: vm.hostname, user: vm.user, facts: vm.facts, bootedAt: Date.now() };
    const already = this.doors.get(place);
    if (already) {
      // The next client meets a server of the new VM.
      Object.assign(already, { vm, machine, key, server: undefined });
      return;
    }
    const listener = createServer({ noDelay: true });
    const door: OpenDoor = { listener, clients: new Map(), machine, vm, ...(key && { key }) };
    this.doors.set(place, door);
    listener.on('connection', (socket) => this.welcome(door, socket));
    try {
      await listen(listener, vm);
    } catch (error) {
      this.doors.delete(place);
      throw error;
    }
    listener.on('error', (error) => this.options.log?.(`${vm.hostname}: ${error.message}`));
  }

  /** Stops listening and drops the clients; a door that is not open is no error. */
  async close(address: string, port: number): Promise<void> {
    const place = `${address}:${port}`;
    const door = this.doors.get(place);
    if (!door) return;
    this.doors.delete(place);
    const closed = new Promise<void>((resolve) => { door.listener.close(() => resolve()); });
    for (const { socket } of door.clients.values()) socket.destroy();
    await closed;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.doors.values()].map(({ vm }) => this.close(vm.address, vm.port)));
  }

  private welcome(door: OpenDoor, socket: Socket): void {
    if (door.clients.size >= CLIENTS_PER_VM) { socket.destroy(); return; }
    const place = `${socket.remoteAddress}:${socket.remotePort}`;
    const late = setTimeout(() => socket.destroy(), LOGIN_MS);
    door.clients.set(place, { socket, late });
    socket.on('close', () => { clearTimeout(late); door.clients.delete(place); });
    socket.on('error', () => socket.destroy());
    door.server ??= this.serverOf(door);
    door.server.injectSocket(socket);
  }

  private serverOf(door: OpenDoor): Server {
    const { vm, key, machine } = door;
    const secret = hostKey(this.hostKeySecret, [vm.facts.cloud, vm.facts.region, vm.address, vm.facts.privateIp].join('/'));
    return new ssh2.Server({ hostKeys: [secret], ident: 'mcmp-simulated-vm' }, (client, { ip, port }) => {
      let attempts = 0;
      client.on('error', (error: Error) => this.options.log?.(`${vm.hostname}: ${error.message}`));
      client.on('authentication', (context) => {
        attempts += 1;
        if (mayEnter(context, vm.user, key)) context.accept();
        else if (attempts >= LOGIN_ATTEMPTS) client.end();
        else context.reject(['publickey']);
      });
      client.on('ready', () => {
        clearTimeout(door.clients.get(`${ip}:${port}`)?.late);
        serveSessions(client, machine);
      });
    });
  }
}

/** Whether this is the one user with the one key; without a signature the client only asks whether the key would do. */
function mayEnter(context: AuthContext, user: string, key: ParsedKey | undefined): boolean {
  if (!key || context.method !== 'publickey' || context.username !== user) return false;
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  return context.signature === undefined || (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true);
}

function listen(listener: Listener, { address, port }: VmDoor): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', (error: NodeJS.ErrnoException) => reject(new Error(
      error.code === 'EADDRNOTAVAIL'
        ? `This computer does not answer on ${address}: simulated VMs need the whole loopback network 127.0.0.0/8, as Linux has it. On macOS add each address first: sudo ifconfig lo0 alias ${address}`
        : `SSH of a simulated VM cannot listen on ${address}:${port}: ${error.message}`,
      { cause: error },
    )));
    listener.listen({ host: address, port, backlog: 64 }, () => { listener.removeAllListeners('error'); resolve(); });
  });
}
