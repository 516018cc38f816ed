import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LostAnswer, type World } from '../../simulator/world/types.js';
import { trailService } from './cloudtrail.js';
import { costService } from './costs.js';
import { ec2Service } from './ec2.js';
import { readModel } from './model.js';
import { pricingService } from './pricing.js';
import { quotaService } from './quotas.js';
import { CLOUD, type Answer, type Service } from './service.js';
import { serviceOf, verifySignature } from './sigv4.js';
import { stsService } from './sts.js';

const LARGEST_BODY = 1 << 20;

/** The services behind the one port. The SDK's clients are loaded for their models only when a wire starts. */
async function loadServices(): Promise<Map<string, Service>> {
  const [ec2, sts, quotas, pricing, trail, costs] = await Promise.all([import('@aws-sdk/client-ec2'), import('@aws-sdk/client-sts'), import('@aws-sdk/client-service-quotas'), import('@aws-sdk/client-pricing'), import('@aws-sdk/client-cloudtrail'), import('@aws-sdk/client-cost-explorer')]);
  const services = [ec2Service(readModel({ ...ec2 })), stsService(readModel({ ...sts })), quotaService(readModel({ ...quotas })), pricingService(readModel({ ...pricing })), trailService(readModel({ ...trail })), costService(readModel({ ...costs }))];
  return new Map(services.map((service) => [service.name, service]));
}

/** An HTTP server that speaks for AWS onto the world. It listens already when this resolves. */
export async function startServer(world: World, options: { host: string; port: number }): Promise<Server> {
  const services = await loadServices();
  // Longer than any client keeps an idle connection, so that none is closed under a request that has just been sent.
  const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => void serve(world, services, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => { server.off('error', reject); resolve(); });
  });
  return server;
}

/** One request: body, signature, service of its scope, answer. Whatever happens, the socket gets an answer or is cut. */
async function serve(world: World, services: Map<string, Service>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  // What is signed for no service that is played here hears of it from EC2.
  const service = services.get(serviceOf(request.headers.authorization) ?? 'ec2') ?? services.get('ec2')!;
  try {
    const body = await readBody(request);
    if (!body) return void request.socket.destroy();
    const signed = { method: request.method ?? 'POST', url: request.url ?? '/', headers: request.headers, body };
    const caller = verifySignature(signed, { accountOf: (accessKeyId) => world.accountOf(CLOUD, accessKeyId), isExpired: (accessKeyId) => world.isExpired(CLOUD, accessKeyId) }, world.signingNow());
    if (!services.has(caller.service)) return send(response, { status: 404, contentType: 'text/plain', text: `The cloud in a box plays no service ${caller.service} of AWS` }, requestId);
    send(response, await service.answer(world, { caller, headers: request.headers, query: signed.url.split('?')[1] ?? '', body, requestId }), requestId);
  } catch (error) {
    if (error instanceof LostAnswer) request.socket.destroy();
    else send(response, service.refuse(error, requestId), requestId);
  }
}

function send(response: ServerResponse, { status, contentType, text }: Answer, requestId: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text), 'x-amzn-requestid': requestId }).end(text);
}

/** undefined for a body that is too large or that its sender broke off. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST_BODY) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
