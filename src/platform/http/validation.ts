import { Readable } from 'node:stream';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { type FieldProblem, Problem } from '../../kernel/problem.js';

interface Issue { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined; code?: string; keys?: string[]; expected?: string; issues?: readonly { message: string }[] }

/** `['groups', 0, 'specId']` → `groups[0].specId`. */
export const fieldPath = (path: Issue['path']): string =>
  (path ?? []).map((part) => (typeof part === 'object' ? part.key : part)).reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');

/** zod's own words for a field that is absent and for a key that may not be speak of its insides. */
function ruleOf({ message, code, expected, issues }: Issue): string {
  if (code === 'invalid_type' && expected !== undefined && message === `Invalid input: expected ${expected}, received undefined`) return `is required (${expected === 'record' ? 'object' : expected})`;
  if (code === 'invalid_key' && issues?.[0]) return `is no key that is allowed here: ${issues[0].message}`;
  return message;
}

/** One Problem for all broken rules of a request. */
export function invalidRequest(issues: readonly Issue[]): Problem {
  const errors = issues.flatMap((issue): FieldProblem[] => {
    const field = fieldPath(issue.path);
    if (issue.code === 'unrecognized_keys' && issue.keys) return issue.keys.map((key) => ({ field: field === '' ? key : `${field}.${key}`, rule: 'is not known here', help: 'leave it out, or correct its name' }));
    return [{ field: field || '(request)', rule: ruleOf(issue) }];
  });
  return new Problem('INVALID_REQUEST', errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
}

/** The global pipe: checks what `@Body({ schema })`, `@Query({ schema })` and `@Param(name, { schema })` declare. */
export const validationPipe = () => new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues as readonly Issue[]) });

const NESTED_AT_MOST = 64;

/** Why PostgreSQL could not keep a value, if it could not; goes by a list of its own, since a body may be nested deeper than the stack. */
function unstorable(value: unknown): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: item, depth } = next;
    if (typeof item === 'string') {
      if (item.includes('\0')) return 'the character U+0000, which no field may hold: remove it';
      if (/\p{Surrogate}/u.test(item)) return 'half of a surrogate pair, which is no character: remove it';
    } else if (typeof item === 'object' && item !== null) {
      if (depth === NESTED_AT_MOST) return `more than ${NESTED_AT_MOST} levels`;
      for (const [key, inner] of Object.entries(item)) open.push({ value: key, depth }, { value: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Refuses at the door what PostgreSQL's text cannot hold, instead of failing in the middle. */
export function refuseUnstorable(instance: FastifyInstance): void {
  instance.addHook('preValidation', (request, _reply, done) => {
    // A body of bytes is judged by the route that reads it.
    const why = unstorable([request.params, request.query, request.body instanceof Readable ? undefined : request.body]);
    if (why === undefined) done();
    else done(new Problem('INVALID_REQUEST', `The request holds ${why}.`));
  });
}
