import type { Command } from '../command.js';
import { EXIT, wrongUsage } from '../failure.js';
import { readInput } from '../document.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** `mcmp api`: any request, with the token of the login, for what has no command of its own yet. */
export const api: Command = {
  noun: 'api', summary: 'Sends any request with your login and writes the answer as it is.',
  about: ['The path begins with /; the token goes to the server in use and to no other.'],
  arguments: [{ name: 'METHOD', required: true }, { name: 'PATH', required: true }],
  flags: [
    { name: 'data', short: 'd', type: 'text', value: 'BODY|@FILE', description: 'Body; @FILE is read, @- is stdin' },
    { name: 'header', short: 'H', type: 'list', value: 'NAME:VALUE', description: 'A header more' },
    { name: 'include', short: 'i', type: 'boolean', description: 'Status and headers before the body' },
  ],
  examples: ['api GET /v1/me', 'api GET \'/v1/specs?vcpu=4&pageSize=3\'', 'api POST /v1/projects/default/mcis/plan -d @web.json'],
  operations: [],
  async run({ arguments: [given = '', path = ''], flags, session }) {
    const method = given.toUpperCase();
    if (!METHODS.includes(method)) throw wrongUsage(`"${given}" is no method: ${METHODS.join(', ')}`);
    if (!path.startsWith('/') || path.startsWith('//')) throw wrongUsage(`"${path}" is no path: it begins with one /, such as /v1/me`);
    const headers = Object.fromEntries(flags.list('header').map((text) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
      if (name === undefined) throw wrongUsage(`"${text}" is no header: NAME: VALUE`);
      return [name.toLowerCase(), value as string];
    }));
    const data = flags.text('data');
    const body = data === undefined ? undefined : new Uint8Array(data.startsWith('@') ? readInput(data.slice(1)) : Buffer.from(data));
    const answer = await session.api.send(method, path, { headers: { ...(body && { 'content-type': 'application/json' }), ...headers }, ...(body && { body }) });
    if (flags.truth('include')) session.terminal.result([`${answer.status}`, ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`), ''].join('\n') + '\n');
    const json = /json/.test(answer.headers['content-type'] ?? '') && answer.text !== '';
    session.terminal.result(json ? JSON.stringify(JSON.parse(answer.text), null, 2) : answer.text);
    return EXIT.ok;
  },
};
