/** What a simulated VM is, as its commands tell it. */
export interface ShellFacts {
  cloud: string;
  region: string;
  zone?: string;
  specId: string;
  vcpu: number;
  memoryMiB: number;
  /** e.g. `ubuntu`. */
  osFamily: string;
  /** e.g. `24.04`. */
  osVersion: string;
  /** `amd64` or `arm64`. */
  architecture: string;
  privateIp: string;
}

/** The invented computer behind one SSH door. */
export interface Machine {
  hostname: string;
  user: string;
  facts: ShellFacts;
  /** Milliseconds since 1970. */
  bootedAt: number;
}

export const KERNEL = '6.8.0-1018-simulated';
export const machineWord = (machine: Machine): string => (machine.facts.architecture === 'arm64' ? 'aarch64' : 'x86_64');
export const homeOf = (user: string): string => (user === 'root' ? '/root' : `/home/${user}`);

const DISTRIBUTIONS: Record<string, { name: string; codename?: Record<string, string> }> = {
  ubuntu: { name: 'Ubuntu', codename: { '22.04': 'jammy', '24.04': 'noble' } },
  debian: { name: 'Debian GNU/Linux', codename: { '12': 'bookworm' } },
  rocky: { name: 'Rocky Linux' },
  rhel: { name: 'Red Hat Enterprise Linux' },
  amazon: { name: 'Amazon Linux' },
};

function osRelease({ facts }: Machine): string {
  const { name, codename } = DISTRIBUTIONS[facts.osFamily] ?? { name: facts.osFamily };
  const word = codename?.[facts.osVersion];
  const title = `${name} ${facts.osVersion}${facts.osFamily === 'ubuntu' ? ' LTS' : ''}`;
  return [
    `PRETTY_NAME="${title}"`, `NAME="${name}"`, `VERSION_ID="${facts.osVersion}"`, ...(word ? [`VERSION_CODENAME=${word}`] : []),
    `ID=${facts.osFamily === 'amazon' ? 'amzn' : facts.osFamily}`, '',
  ].join('\n');
}

function cpuinfo(machine: Machine): string {
  const model = machine.facts.architecture === 'arm64' ? 'Simulated Arm CPU' : 'Simulated x86 CPU';
  return Array.from({ length: Math.min(machine.facts.vcpu, 256) }, (_, index) => `processor\t: ${index}\nmodel name\t: ${model}\n\n`).join('');
}

/** Text of an invented file by its absolute path; undefined where there is none. No file of the real computer is ever read. */
export function readFile(machine: Machine, path: string): string | undefined {
  const kib = machine.facts.memoryMiB * 1024;
  switch (path) {
    case '/etc/os-release': return osRelease(machine);
    case '/etc/hostname': return `${machine.hostname}\n`;
    case '/etc/hosts': return `127.0.0.1 localhost\n${machine.facts.privateIp} ${machine.hostname}\n`;
    case '/proc/cpuinfo': return cpuinfo(machine);
    case '/proc/meminfo': return `MemTotal:       ${kib} kB\nMemFree:        ${Math.round(kib * 0.7)} kB\nMemAvailable:   ${Math.round(kib * 0.8)} kB\n`;
    case '/proc/uptime': return `${((Date.now() - machine.bootedAt) / 1000).toFixed(2)} 0.00\n`;
    case '/proc/loadavg': return '0.00 0.01 0.00 1/120 1\n';
    case '/proc/version': return `Linux version ${KERNEL} (mcmp@cloud-in-a-box)\n`;
    case '/run/mcmp/vm.json': return `${JSON.stringify({ simulated: true, hostname: machine.hostname, ...machine.facts })}\n`;
    case `${homeOf(machine.user)}/README`: return 'This VM is simulated by the cloud in a box. It has a few built-in commands and no real files.\n';
    case '/dev/null': return '';
    default: return undefined;
  }
}

/** Names in an invented folder, sorted; undefined where there is none. */
export function readFolder(machine: Machine, path: string): string[] | undefined {
  const folders: Record<string, string[]> = {
    '/': ['dev', 'etc', 'home', 'proc', 'root', 'run', 'tmp'],
    '/dev': ['null'],
    '/etc': ['hostname', 'hosts', 'os-release'],
    '/home': machine.user === 'root' ? [] : [machine.user],
    '/proc': ['cpuinfo', 'loadavg', 'meminfo', 'uptime', 'version'],
    '/root': [],
    '/run': ['mcmp'],
    '/run/mcmp': ['vm.json'],
    '/tmp': [],
  };
  folders[homeOf(machine.user)] = ['README'];
  return Object.hasOwn(folders, path) ? folders[path] : undefined;
}

/** An absolute path without `.`, `..` and double slashes. */
export function resolvePath(folder: string, home: string, path: string): string {
  const full = path === '~' || path.startsWith('~/') ? home + path.slice(1) : path.startsWith('/') ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
