import { type INestApplication, Injectable } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { ProblemCode } from '../../kernel/problem.js';
import { PROBLEM_STATUS, Problem } from '../../kernel/problem.js';
import { ProblemBody, openApiSchema } from './answers.js';
import { problemBody } from './problems.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Problem answers that routes have in common, by the name of their component. */
const PROBLEMS = {
  Invalid: ['INVALID_REQUEST', 'A field, parameter or header breaks a rule, or the body is not JSON; `errors` names each.', 'pageSize: Too big: expected number to be <=200'],
  Unauthenticated: ['UNAUTHENTICATED', 'The access token is missing, expired or not valid here.', 'The access token has expired: get a new one with POST /v1/auth/token.'],
  Forbidden: ['FORBIDDEN', 'The caller’s role does not hold the permission of the route (`x-permission`).', 'The role "viewer" does not hold the permission "mci:create": ask an administrator for a role that does.'],
  NotFound: ['NOT_FOUND', 'What the path names does not exist, or the caller may not see it.', 'There is no project "shop" that you may see; GET /v1/projects lists yours.'],
  Problem: ['UNAVAILABLE', 'Any other problem: what is wrong, which rule fired and what would help.', 'The database does not answer; the server waits for it and needs no restart.'],
} as const satisfies Record<string, readonly [ProblemCode, string, string]>;

const response = ([code, description, detail]: readonly [ProblemCode, string, string]) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example: problemBody(new Problem(code, detail), '/v1/projects', '7d1f0b5e-5c0e-4e0e-9d5a-0a8a3a3c9a10') } },
});

interface Parameter { in?: string; name?: string; description?: string; schema?: object }
interface Operation { parameters?: Parameter[]; requestBody?: unknown; responses?: Record<string, unknown>; security?: object[]; 'x-public'?: boolean; 'x-permission'?: string }

/** Adds to an operation the problems that it can have by its nature, and says what its path may name and where no token is needed. */
function complete(operation: Operation): void {
  const ref = (name: keyof typeof PROBLEMS) => ({ $ref: `#/components/responses/${name}` });
  const has = (place: string): boolean => operation.parameters?.some((parameter) => parameter.in === place) ?? false;
  const open = operation['x-public'] === true;
  if (open) operation.security = [];
  for (const parameter of operation.parameters ?? []) if (parameter.in === 'path' && parameter.description === undefined) Object.assign(parameter, { description: `Name or id of the ${parameter.name}`, schema: { type: 'string', minLength: 1, maxLength: 512 } });
  operation.responses = {
    ...operation.responses,
    ...((operation.requestBody !== undefined || has('path') || has('query') || has('header')) && { [PROBLEM_STATUS.INVALID_REQUEST]: ref('Invalid') }),
    ...(!open && { [PROBLEM_STATUS.UNAUTHENTICATED]: ref('Unauthenticated'), [PROBLEM_STATUS.FORBIDDEN]: ref('Forbidden') }),
    ...(has('path') && { [PROBLEM_STATUS.NOT_FOUND]: ref('NotFound') }),
    default: ref('Problem'),
  };
}

/** The document of the open API; every operation also documents its problem answers. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder().setTitle('M-CMP').setDescription('Many unlike clouds, run as one. Errors are `application/problem+json` (RFC 9457).').setVersion('1').setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0').addServer('/').addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'POST /v1/auth/token gives a token.' }).addSecurityRequirements('bearer');
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: openApiSchema(ProblemBody) };
  document.components.responses = Object.fromEntries(Object.entries(PROBLEMS).map(([name, problem]) => [name, response(problem)]));
  for (const path of Object.values(document.paths)) for (const method of METHODS) if (path[method]) complete(path[method] as Operation);
  return document;
}

/** Paths that come and go while the server runs, such as those of drivers' own functions; the routes behind them are generic ones. */
@Injectable()
export class LivePaths {
  private readonly sources: (() => OpenAPIObject['paths'])[] = [];

  /** Adds paths to the document, asked for each time that it is read. */
  add(source: () => OpenAPIObject['paths']): void {
    this.sources.push(source);
  }

  /** The paths of now, each completed as the lasting ones are. */
  now(): OpenAPIObject['paths'] {
    const paths = Object.assign({}, ...this.sources.map((source) => source())) as OpenAPIObject['paths'];
    for (const path of Object.values(paths)) for (const method of METHODS) if (path[method]) complete(path[method] as Operation);
    return paths;
  }
}

/** Serves the document at `/api-json` and its page at `/api`, with assets from here only. */
export function serveOpenApi(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  const live = app.get(LivePaths);
  SwaggerModule.setup('api', app, () => (document ??= openApiDocument(app)), {
    jsonDocumentUrl: 'api-json', yamlDocumentUrl: 'api-yaml', customSiteTitle: 'M-CMP API',
    patchDocumentOnRequest: (_request, _reply, lasting) => ({ ...lasting, paths: { ...lasting.paths, ...live.now() } }),
  });
}
