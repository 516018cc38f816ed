import type { Command } from '../command.js';
import { wrongUsage } from '../failure.js';
import { FORMATS } from '../output.js';
import type { Profile } from '../profiles.js';
import { urlOf } from '../session.js';

const COLUMNS = ['name', 'current', 'url', 'username', 'project', 'LOGIN ENDS:expiresAt'];
const NAME = { name: 'PROFILE', required: true, completes: 'profile' as const };

/** `mcmp profile …`: servers that one works with, each with its login. Their tokens are never shown. */
export const profileCommands: Command[] = [
  {
    noun: 'profile', verb: 'list', summary: 'Lists your profiles.', arguments: [], flags: [], operations: [], columns: COLUMNS,
    async run({ session: { profiles, output } }) {
      const current = profiles.current();
      await output.list(profiles.names().map((name) => plain(name, profiles.require(name), name === current)), COLUMNS, { empty: 'There are none yet: `mcmp login URL` makes one.' });
    },
  },
  {
    noun: 'profile', verb: 'show', summary: 'Shows a profile, the one in use where none is named.', arguments: [{ ...NAME, required: false }], flags: [], operations: [],
    async run({ arguments: [name], session }) {
      const wanted = name ?? session.profileName;
      await session.output.thing(plain(wanted, session.profiles.require(wanted), wanted === session.profiles.current()));
    },
  },
  {
    noun: 'profile', verb: 'use', summary: 'Makes a profile the one that is used where none is named.', arguments: [NAME], flags: [], operations: [], examples: ['profile use work'],
    async run({ arguments: [name = ''], session }) {
      session.profiles.use(name);
      session.terminal.note(`"${name}" is used from now on: ${session.profiles.require(name).url}`);
    },
  },
  {
    noun: 'profile', verb: 'set', summary: 'Changes a profile: its server, project or output.', arguments: [NAME], operations: [], examples: ['profile set work --project shop --output json'],
    flags: [], about: ['--url, --project and --output say what is kept. A new server forgets the token, which is the former one’s.'],
    async run({ arguments: [name = ''], flags, session: { profiles, terminal } }) {
      const given = flags.text('url');
      const former = profiles.find(name);
      const url = given === undefined ? former?.url : urlOf(given);
      if (url === undefined) throw wrongUsage(`there is no profile "${name}" yet: --url names its server`);
      const output = flags.text('output');
      if (output !== undefined && !FORMATS.includes(output)) throw wrongUsage(`--output is one of ${FORMATS.join(', ')}`);
      const project = flags.text('project');
      const kept = former?.url === url ? former : { username: former?.username, project: former?.project, output: former?.output };
      profiles.keep(name, { ...(JSON.parse(JSON.stringify(kept)) as Partial<Profile>), url, ...(project !== undefined && { project }), ...(output !== undefined && { output }) });
      terminal.note(`Profile "${name}" kept.`);
    },
  },
  {
    noun: 'profile', verb: 'delete', summary: 'Deletes a profile with its token.', arguments: [NAME], flags: [], operations: [],
    async run({ arguments: [name = ''], session }) {
      session.profiles.remove(name);
      session.terminal.note(`Profile "${name}" deleted.`);
    },
  },
];

/** A profile without its token. */
const plain = (name: string, { url, username, project, output, token, expiresAt }: Profile, current: boolean): Record<string, unknown> => ({
  name, current, url, username: username ?? null, project: project ?? 'default', output: output ?? 'table', loggedIn: token !== undefined && (expiresAt === undefined || Date.parse(expiresAt) > Date.now()), expiresAt: token === undefined ? null : (expiresAt ?? null),
});
