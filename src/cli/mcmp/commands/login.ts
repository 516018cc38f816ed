import type { Command } from '../command.js';
import { EXIT, Failure, wrongUsage } from '../failure.js';
import { ask, askSecret, secretFromStdin } from '../prompt.js';
import { urlOf } from '../session.js';

interface AccessToken { accessToken: string; expiresIn: number }

/** `mcmp login`: asks the server for a token and keeps it in a profile. */
export const login: Command = {
  noun: 'login', summary: 'Logs in to a server; the token is kept in your own config folder.',
  about: ['The password is asked without being shown, or read from stdin. It is not kept; the token is, in a file that only you may read.', 'Without a server the one of the profile is taken, or http://127.0.0.1:8080.'],
  arguments: [{ name: 'URL', required: false }],
  flags: [
    { name: 'username', short: 'u', type: 'text', value: 'NAME', description: 'Who you are; asked for where it is absent' },
    { name: 'password-stdin', type: 'boolean', description: 'Reads the password from stdin' },
  ],
  examples: ['login', 'login https://mcmp.example.com --profile work', 'login --username admin --password-stdin <password.txt'],
  operations: ['Iam_token'],
  async run({ arguments: [address], flags, session }) {
    const name = session.profileName;
    const known = session.profiles.find(name);
    const url = address === undefined ? session.url : urlOf(address);
    if (address !== undefined && flags.text('url') !== undefined && urlOf(flags.text('url') as string) !== url) throw wrongUsage('the server is named twice, and not the same');
    const username = flags.text('username') ?? (flags.truth('password-stdin') ? (known?.username ?? missingName()) : ((await ask(`User name at ${url}${known?.username ? ` [${known.username}]` : ''}`)) || known?.username) ?? missingName());
    const password = flags.truth('password-stdin') ? secretFromStdin('password') : await askSecret('Password');
    const { accessToken, expiresIn } = await session.at(url).json('POST', '/v1/auth/token', { body: { username, password } }) as AccessToken;
    const expiresAt = new Date(Date.now() + expiresIn * 1000).toISOString();
    const project = flags.text('project') ?? known?.project;
    session.profiles.keep(name, { ...(known?.output !== undefined && { output: known.output }), ...(project !== undefined && { project }), url, username, token: accessToken, expiresAt });
    session.terminal.note(`Logged in at ${url} as ${username}, until ${new Date(expiresAt).toLocaleString()}.`);
  },
};

function missingName(): never {
  throw wrongUsage('--username is missing');
}

/** `mcmp logout`: forgets the token. */
export const logout: Command = {
  noun: 'logout', summary: 'Forgets the token of a profile.', arguments: [], flags: [], operations: [], examples: ['logout'],
  async run({ session }) {
    const profile = session.profiles.find(session.profileName);
    if (!profile?.token) {
      session.terminal.note('You are not logged in.');
      return;
    }
    const { url, username, project, output } = profile;
    session.profiles.keep(session.profileName, { url, ...(username !== undefined && { username }), ...(project !== undefined && { project }), ...(output !== undefined && { output }) });
    session.terminal.note(`Logged out of ${url}. The token itself holds until its end; the server knows no recall.`);
  },
};

/** `mcmp whoami`: who the server takes the caller for. */
export const whoami: Command = {
  noun: 'whoami', summary: 'Tells who you are, where, and how long yet.', arguments: [], flags: [], operations: ['Iam_me'], permission: 'me:read', examples: ['whoami', 'whoami -o json'],
  async run({ session }) {
    const me = await session.api.get<{ username: string; role: string; userId: string }>('/v1/me');
    const { profile } = session;
    const until = session.environment.MCMP_TOKEN ? undefined : profile?.expiresAt;
    await session.output.thing({ ...me, server: session.url, profile: session.profileName, project: session.project, ...(until !== undefined && { loginEnds: until }) });
    if (until !== undefined && Date.parse(until) - Date.now() < 600_000) session.terminal.note(`Your login ends soon: ${session.loginCommand}`);
    if (typeof me.username !== 'string') throw new Failure(EXIT.unavailable, `${session.url} does not answer like an M-CMP server`);
  },
};
