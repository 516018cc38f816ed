import { homeOf, KERNEL, machineWord, readFile, readFolder, resolvePath } from './machine.js';
import type { Machine } from './machine.js';

/** What a command works on; nothing here reaches the real computer. */
export interface Call {
  machine: Machine;
  args: string[];
  stdin: string;
  user: string;
  folder: string;
  variables: Map<string, string>;
  signal: AbortSignal;
}
export interface Outcome { out?: string; err?: string; code?: number }
type Builtin = (call: Call) => Outcome | Promise<Outcome>;

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const unlines = (items: string[]): string => items.map((item) => `${item}\n`).join('');
const fail = (err: string, code = 1): Outcome => ({ err: `${err}\n`, code });
const pad = (value: number): string => String(value).padStart(2, '0');

/** Texts of the named files, or of standard input where none is named. */
function texts(call: Call, name: string, files: string[]): { found: { file: string; text: string }[]; problems: Outcome } {
  if (files.length === 0) return { found: [{ file: '', text: call.stdin }], problems: {} };
  const found: { file: string; text: string }[] = [];
  let err = '';
  for (const file of files) {
    const path = resolvePath(call.folder, homeOf(call.user), file);
    const text = file === '-' ? call.stdin : readFile(call.machine, path);
    if (text !== undefined) found.push({ file, text });
    else err += `${name}: ${file}: ${readFolder(call.machine, path) ? 'Is a directory' : 'No such file or directory'}\n`;
  }
  return { found, problems: err ? { err, code: 1 } : {} };
}

/** `-n 5`, `-n5`, `-5`; the rest are files. */
function countOption(args: string[], usual: number): { count: number; files: string[] } {
  const match = /^-(?:n)?(\d+)$/.exec(args[0] ?? '');
  if (match) return { count: Number(match[1]), files: args.slice(1) };
  return args[0] === '-n' ? { count: Number(args[1]) || 0, files: args.slice(2) } : { count: usual, files: args };
}

function date({ args }: Call): Outcome {
  const now = new Date();
  const iso = now.toISOString();
  const format = args.find((arg) => arg.startsWith('+'));
  if (!format) {
    if (args.some((arg) => arg.startsWith('-I'))) return { out: `${iso.slice(0, 19)}+00:00\n` };
    const [day, month, dayOfMonth, year] = [now.toUTCString().slice(0, 3), now.toUTCString().slice(8, 11), String(now.getUTCDate()).padStart(2), now.getUTCFullYear()];
    return { out: `${day} ${month} ${dayOfMonth} ${iso.slice(11, 19)} UTC ${year}\n` };
  }
  const values: Record<string, string> = {
    s: String(Math.floor(now.getTime() / 1000)), Y: iso.slice(0, 4), m: iso.slice(5, 7), d: iso.slice(8, 10), H: iso.slice(11, 13), M: iso.slice(14, 16), S: iso.slice(17, 19),
    F: iso.slice(0, 10), T: iso.slice(11, 19), Z: 'UTC', z: '+0000', N: `${iso.slice(20, 23)}000000`, '%': '%',
  };
  return { out: `${format.slice(1).replace(/%([a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole)}\n` };
}

function uptime({ machine }: Call): Outcome {
  const minutes = Math.floor((Date.now() - machine.bootedAt) / 60_000);
  const days = Math.floor(minutes / 1440);
  const rest = minutes % 1440;
  const span = `${days ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${rest >= 60 ? `${Math.floor(rest / 60)}:${pad(rest % 60)}` : `${rest} min`}`;
  return { out: ` ${new Date().toISOString().slice(11, 19)} up ${span},  1 user,  load average: 0.00, 0.01, 0.00\n` };
}

function uname({ machine, args }: Call): Outcome {
  const word = machineWord(machine);
  if (args.some((arg) => arg.includes('a'))) return { out: `Linux ${machine.hostname} ${KERNEL} #1 SMP ${word} GNU/Linux\n` };
  const known: Record<string, string> = { s: 'Linux', n: machine.hostname, r: KERNEL, m: word, o: 'GNU/Linux' };
  const asked = args.flatMap((arg) => [...arg.replace(/^-+/, '')]);
  return { out: `${(asked.length ? asked : ['s']).map((letter) => known[letter] ?? 'unknown').join(' ')}\n` };
}

function ls(call: Call): Outcome {
  const named = call.args.filter((arg) => !arg.startsWith('-'));
  const long = call.args.some((arg) => /^-.*l/.test(arg));
  let out = '';
  let err = '';
  for (const name of named.length ? named : ['.']) {
    const path = resolvePath(call.folder, homeOf(call.user), name);
    const items = readFolder(call.machine, path) ?? (readFile(call.machine, path) === undefined ? undefined : [name]);
    if (!items) err += `ls: cannot access '${name}': No such file or directory\n`;
    else out += unlines(long ? items.map((item) => `-r--r--r-- 1 ${call.user} ${call.user} 0 ${item}`) : items);
  }
  return { out, err, code: err ? 2 : 0 };
}

function free({ machine, args }: Call): Outcome {
  const unit = args.includes('-m') ? 1 : args.includes('-g') ? 1 / 1024 : 1024;
  const amount = (share: number): string => String(Math.floor(machine.facts.memoryMiB * share * unit)).padStart(12);
  return { out: `               total        used        free      shared  buff/cache   available\nMem:   ${[1, 0.1, 0.7, 0, 0.2, 0.85].map(amount).join('')}\nSwap:  ${[0, 0, 0].map(amount).join('')}\n` };
}

function id({ user, args }: Call): Outcome {
  const number = user === 'root' ? 0 : 1000;
  if (args[0] === '-u') return { out: `${number}\n` };
  if (args[0] === '-un') return { out: `${user}\n` };
  return { out: `uid=${number}(${user}) gid=${number}(${user}) groups=${number}(${user})\n` };
}

function seq({ args }: Call): Outcome {
  const numbers = args.map(Number);
  const [first, step, last] = numbers.length === 3 ? numbers : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : [1, 1, numbers[0]];
  if (first === undefined || step === undefined || last === undefined || ![first, step, last].every(Number.isSafeInteger) || step === 0) return fail('seq: invalid argument');
  const count = Math.max(0, Math.min(10_000, Math.floor((last - first) / step) + 1));
  return { out: unlines(Array.from({ length: count }, (_, index) => String(first + index * step))) };
}

async function sleep({ args, signal }: Call): Promise<Outcome> {
  const seconds = Number(/^(\d+(?:\.\d+)?)s?$/.exec(args[0] ?? '')?.[1]);
  if (Number.isNaN(seconds)) return fail(args[0] === undefined ? 'sleep: missing operand' : `sleep: invalid time interval '${args[0]}'`);
  if (seconds > 60) return fail('sleep: at most 60 seconds on this simulated VM');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    function done(): void { clearTimeout(timer); signal.removeEventListener('abort', done); resolve(); }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
  return signal.aborted ? { code: 130 } : {};
}

function wc(call: Call): Outcome {
  const flags = call.args.filter((arg) => arg.startsWith('-')).join('');
  const { found, problems } = texts(call, 'wc', call.args.filter((arg) => !arg.startsWith('-')));
  const rows = found.map(({ file, text }) => {
    const counts = { l: text.split('\n').length - 1, w: text.split(/\s+/).filter(Boolean).length, c: Buffer.byteLength(text) };
    const shown = (['l', 'w', 'c'] as const).filter((key) => flags === '' || flags.includes(key)).map((key) => String(counts[key]));
    return `${shown.length === 1 ? shown[0] : shown.map((count) => count.padStart(7)).join('')}${file ? ` ${file}` : ''}`;
  });
  return { ...problems, out: unlines(rows) };
}

function grep(call: Call): Outcome {
  const flags = call.args.filter((arg) => arg.startsWith('-')).join('');
  const [wanted = '', ...files] = call.args.filter((arg) => !arg.startsWith('-'));
  const { found, problems } = texts(call, 'grep', files);
  const fold = (text: string): string => (flags.includes('i') ? text.toLowerCase() : text);
  const hits = found.flatMap(({ text }) => lines(text)).filter((line) => fold(line).includes(fold(wanted)) !== flags.includes('v'));
  return { ...problems, out: flags.includes('c') ? `${hits.length}\n` : flags.includes('q') ? '' : unlines(hits), code: problems.code ? 2 : hits.length ? 0 : 1 };
}

/** The built-in commands by name; those that need the shell itself (`cd`, `exit`, `export`, `sudo`, `bash`) are in shell.ts. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>(Object.entries({
  cat: (call) => { const { found, problems } = texts(call, 'cat', call.args); return { ...problems, out: found.map(({ text }) => text).join('') }; },
  'cloud-init': () => ({ out: 'status: done\n' }),
  date,
  df: () => ({ out: 'Filesystem      Size  Used Avail Use% Mounted on\n/dev/root        20G  2.1G   18G  11% /\n' }),
  echo: ({ args }) => (args[0] === '-n' ? { out: args.slice(1).join(' ') } : { out: `${args.join(' ')}\n` }),
  env: ({ variables }) => ({ out: unlines([...variables].map(([name, value]) => `${name}=${value}`)) }),
  false: () => ({ code: 1 }),
  free, grep,
  head: (call) => { const { count, files } = countOption(call.args, 10); const { found, problems } = texts(call, 'head', files); return { ...problems, out: unlines(found.flatMap(({ text }) => lines(text).slice(0, count))) }; },
  hostname: ({ machine, args }) => ({ out: `${args.includes('-I') || args.includes('-i') ? machine.facts.privateIp : machine.hostname}\n` }),
  id, ls,
  nproc: ({ machine }) => ({ out: `${machine.facts.vcpu}\n` }),
  printenv: ({ args, variables }) => { const value = variables.get(args[0] ?? ''); return value === undefined ? { code: 1 } : { out: `${value}\n` }; },
  pwd: ({ folder }) => ({ out: `${folder}\n` }),
  seq, sleep,
  sort: (call) => { const { found, problems } = texts(call, 'sort', call.args.filter((arg) => !arg.startsWith('-'))); return { ...problems, out: unlines(found.flatMap(({ text }) => lines(text)).sort()) }; },
  tail: (call) => { const { count, files } = countOption(call.args, 10); const { found, problems } = texts(call, 'tail', files); return { ...problems, out: unlines(found.flatMap(({ text }) => (count ? lines(text).slice(-count) : []))) }; },
  true: () => ({}),
  uname, uptime, wc,
  whoami: ({ user }) => ({ out: `${user}\n` }),
} satisfies Record<string, Builtin>));
