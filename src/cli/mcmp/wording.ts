import operations from 'mcmp:operations';
import { everyCommand } from './catalogue.js';
import { titleOf } from './command.js';
import { argumentsOf, flagNameOf } from './generic.js';
import type { Operation } from './generate.js';

/** A request as sentences of the server name it, with or without backticks around. */
const REQUEST = /`?\b(GET|POST|PUT|PATCH|DELETE) (\/v1\/[\w\-.{}/~%@:]*[\w}])(\?[\w\-.{}/~%@:=&*]*[\w}*])?`?/g;

const shapeOf = ({ path }: Operation): RegExp => new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

/** Requests named in a sentence of the server, as the commands that make them: `GET /v1/connections` is `mcmp connection list`. What no single command makes stays as it is. */
export const asCommands = (text: string): string => text.replace(REQUEST, (whole, method: string, path: string, query = '') => {
  // A path without a variable goes before one that a variable fits too: /v1/drivers/install.
  const [operation] = operations.filter((candidate) => candidate.method === method && shapeOf(candidate).test(path)).sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  const commands = operation ? everyCommand().filter((command) => command.operations.includes(operation.id) && command.operations.length === 1) : [];
  const [command, another] = commands;
  if (!operation || !command || another) return whole;
  const given = shapeOf(operation).exec(path)?.groups ?? {};
  const names = argumentsOf(operation).map(({ name }) => decode(given[name] ?? '').replace(/^\{(.*)\}$/, (_, word: string) => word.toUpperCase()));
  const flags = [...new URLSearchParams(query)].flatMap(([name, value]) => {
    const field = operation.fields.find((candidate) => candidate.in === 'query' && candidate.name === name);
    return field ? [`--${flagNameOf(field)}`, ...(field.type === 'boolean' && value === 'true' ? [] : [value])] : [];
  });
  return `\`${['mcmp', titleOf(command), ...names, ...flags].join(' ')}\``;
});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
