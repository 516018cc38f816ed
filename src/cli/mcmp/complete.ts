import { EVERYWHERE } from './arguments.js';
import { everyCommand, everyNoun, findCommand, isOneWord, nounOf } from './catalogue.js';
import { SCRIPTS } from './commands/completion.js';
import type { Completable } from './flags.js';
import type { Session } from './session.js';

/** A word that may follow, with what it is. */
export interface Candidate { word: string; about?: string }

/** Where the names of things are read. */
const LISTS: Partial<Record<Completable, (session: Session) => string>> = {
  mci: ({ projectPath }) => `${projectPath}/mcis`, connection: () => '/v1/connections', driver: () => '/v1/drivers', project: () => '/v1/projects', region: () => '/v1/regions', operation: () => '/v1/operations', repository: () => '/v1/driver-repositories',
};

/** Names of things that the server knows; an unreachable server completes nothing. */
async function namesOf(kind: Completable, session: Session): Promise<Candidate[]> {
  if (kind === 'profile') return session.profiles.names().map((word) => ({ word }));
  if (kind === 'vm') {
    const mcis = await namesOf('mci', session);
    const vms = await Promise.all(mcis.slice(0, 10).map(async ({ word }) => (await session.api.pages(`${session.projectPath}/mcis/${word}/vms`, { pageSize: 200 }, 200)).items.map(({ name, state }) => ({ word: `${word}/${String(name)}`, about: String(state) }))));
    return vms.flat();
  }
  const path = LISTS[kind]?.(session);
  if (path === undefined) return [];
  const { items } = await session.api.pages(path, kind === 'driver' || kind === 'repository' ? {} : { pageSize: 200 }, 200);
  const named = items.map((item) => ({ word: String(kind === 'operation' || kind === 'region' ? item.id : (item.name ?? item.id)), about: String(item.kind ?? item.status ?? item.state ?? item.name ?? '') }));
  return named.filter(({ word }, index) => named.findIndex((other) => other.word === word) === index);
}

/** What may stand in place of the last word. `words` are those before it, without the program. */
export async function complete(words: readonly string[], session: Session): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const plain = before.filter((word) => !word.startsWith('-'));
  const command = findCommand(plain.slice(0, 2));
  const flags = [...(command?.flags ?? []), ...EVERYWHERE];
  const last = before.at(-1) ?? '';
  const open = last.startsWith('-') ? flags.find(({ name, short, type }) => type !== 'boolean' && (last === `--${name}` || (short !== undefined && last === `-${short}`))) : undefined;
  if (open) return open.values ? open.values.map((word) => ({ word })) : open.completes ? namesOf(open.completes, session) : [];
  if (current.startsWith('-')) return flags.map(({ name, description }) => ({ word: `--${name}`, about: description }));
  if (plain.length === 0) return [...everyNoun().map(({ noun, summary }) => ({ word: noun, about: summary })), ...everyCommand().filter(({ verb }) => verb === undefined).map(({ noun, summary }) => ({ word: noun, about: summary })), { word: 'help' }];
  const [noun = ''] = plain;
  if (!isOneWord(noun) && plain.length === 1) return everyCommand().filter((candidate) => candidate.noun === nounOf(noun) && candidate.verb !== undefined).map(({ verb, summary }) => ({ word: verb as string, about: summary }));
  if (noun === 'completion') return Object.keys(SCRIPTS).map((word) => ({ word }));
  const given = plain.length - (command?.verb === undefined ? 1 : 2);
  const wanted = command?.arguments[given] ?? (command?.arguments.at(-1)?.many ? command.arguments.at(-1) : undefined);
  return wanted?.completes ? namesOf(wanted.completes, session) : [];
}
