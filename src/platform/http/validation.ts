import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { type FieldProblem, Problem } from '../../kernel/problem.js';

interface Issue { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined }

/** `['groups', 0, 'specId']` → `groups[0].specId`. */
export const fieldPath = (path: Issue['path']): string =>
  (path ?? []).map((part) => (typeof part === 'object' ? part.key : part)).reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');

/** One Problem for all broken rules of a request. */
export function invalidRequest(issues: readonly Issue[]): Problem {
  const errors: FieldProblem[] = issues.map((issue) => ({ field: fieldPath(issue.path) || '(request)', rule: issue.message }));
  return new Problem('INVALID_REQUEST', errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
}

/** The global pipe: checks what `@Body({ schema })`, `@Query({ schema })` and `@Param(name, { schema })` declare. */
export const validationPipe = () => new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues as readonly Issue[]) });

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.includes('\0') || holdsNul(item));
}

/** PostgreSQL's text cannot hold the NUL character; refuse it at the door instead of failing in the middle. */
export function refuseNul(instance: FastifyInstance): void {
  instance.addHook('preValidation', (request, _reply, done) => {
    if (holdsNul(request.body) || holdsNul(request.query) || holdsNul(request.params)) done(new Problem('INVALID_REQUEST', 'The request holds the character U+0000, which no field may hold: remove it.'));
    else done();
  });
}
