import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemBody, openApiSchema } from './answers.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The document of the open API; every operation also documents its problem answer. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder().setTitle('M-CMP').setDescription('Many unlike clouds, run as one. Errors are `application/problem+json`.').setVersion('1').addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }).addSecurityRequirements('bearer');
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: openApiSchema(ProblemBody) };
  document.components.responses = { Problem: { description: 'What is wrong, which rule fired and what would help.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } };
  for (const path of Object.values(document.paths)) for (const method of METHODS) {
    const operation = path[method];
    if (operation) operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } as never };
  }
  return document;
}

/** Serves the document at `/api-json` and its page at `/api`, with assets from here only. */
export function serveOpenApi(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('api', app, () => (document ??= openApiDocument(app)), { jsonDocumentUrl: 'api-json', yamlDocumentUrl: 'api-yaml', customSiteTitle: 'M-CMP API' });
}
