import { readFileSync } from 'node:fs';
import { type Finding, type Path, check, pathOf, pathText } from './check.js';
import { EXIT, Failure, Refusal, wrongUsage } from './failure.js';
import type { JsonSchema } from './schema.js';

/** Largest file that is read as a document, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** A document that a person wrote in YAML or JSON, which is YAML too; knows where each of its fields stands. */
export interface WrittenDocument {
  value: Record<string, unknown>;
  /** `web.yaml:7:5` of a field, or of the nearest that holds it. */
  where(path: Path, onKey?: boolean): string;
}

/** The bytes of a file, or of stdin for `-`. @throws Failure that names the file */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(EXIT.usage, `${file === '-' ? 'stdin' : file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'you may not read it' : message}`);
  }
}

/** Reads a mapping of fields. @throws Failure with line and column of what is no YAML */
export async function readDocument(file: string): Promise<WrittenDocument> {
  const bytes = readInput(file);
  const name = file === '-' ? 'stdin' : file;
  if (bytes.length > MAX_BYTES) throw new Failure(EXIT.invalid, `${name} has ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
  const { LineCounter, isMap, isNode, isScalar, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const documents = parseAllDocuments(bytes.toString('utf8').replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const [document, second] = [...documents];
  if (!document) throw new Failure(EXIT.invalid, `${name} is empty`);
  const broken = document.errors[0];
  if (broken) throw new Failure(EXIT.invalid, `${place(broken.pos[0])}: ${broken.message}`, /\btabs?\b/i.test(broken.message) ? ['YAML is indented by spaces.'] : []);
  if (second) throw new Failure(EXIT.invalid, `${place(second.range[0])}: ${name} holds several documents, and one is taken at a time`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Failure(EXIT.invalid, `${name}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Failure(EXIT.invalid, `${name}:1:1: a mapping of fields is needed, such as "name: web"`);
  const where = (path: Path, onKey = false): string => {
    for (let length = path.length; length > 0; length--) {
      const part = path.slice(0, length);
      const parent = length === 1 ? document.contents : document.getIn(part.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part.at(-1))) : undefined;
      const node = onKey && pair ? pair.key : (document.getIn(part, true) ?? pair?.key);
      if (isNode(node) && node.range) return place(node.range[0]);
    }
    return place(document.contents?.range?.[0] ?? 0);
  };
  return { value: value as Record<string, unknown>, where };
}

/** Holds a document against its schema. @throws Failure with every finding on a line of its own, as `file:line:column: field: rule` */
export function checkDocument(document: WrittenDocument, schema: JsonSchema): void {
  const lines = check(document.value, schema).map((finding) => lineOf(document, finding));
  if (lines.length === 0) return;
  const lineNumber = (line: string): number => Number(/:(\d+):\d+: /.exec(line)?.[1]);
  throw new Failure(EXIT.invalid, lines.sort((a, b) => lineNumber(a) - lineNumber(b)).join('\n'));
}

function lineOf(document: WrittenDocument, { path, message, onKey }: Finding): string {
  const field = pathText(onKey ? path.slice(0, -1) : path);
  return `${document.where(path, onKey)}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** Runs a request made of a document, and tells what the server refuses by line and column too. */
export async function tracing<T>(document: WrittenDocument | undefined, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof Refusal) || !document || !error.problem.errors?.length) throw error;
    const lines = error.problem.errors.map(({ field, rule, help }) => `${document.where(pathOf(field))}: ${field}: ${rule}${help ? `; ${help}` : ''}`);
    throw new Failure(error.exit, lines.join('\n'), error.help);
  }
}

/** A value given as text on the command line: `@file` and `@-` are read, JSON and YAML are understood. */
export async function readValue(text: string, flag: string): Promise<unknown> {
  const { parse } = await import('yaml');
  const source = text.startsWith('@') ? readInput(text.slice(1)).toString('utf8') : text;
  try {
    return parse(source, { maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw wrongUsage(`--${flag} is neither JSON nor YAML: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}
