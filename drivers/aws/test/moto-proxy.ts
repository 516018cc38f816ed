import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One query request, by its parameters; `Action` is what is asked for. */
export type Query = Record<string, string>;
/** Answers an action in moto's place; nothing lets moto answer. */
export type Instead = (query: Query) => { status: number; body: string } | undefined;

/** How EC2 and RDS refuse. */
export const refusal = (code: string, message: string, of: 'ec2' | 'rds' = 'ec2'): { status: number; body: string } => ({
  status: 400, body: of === 'ec2' ? `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>` : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
});
/** How EC2 says that it did what was asked. */
export const done = (action: string): { status: number; body: string } => ({ status: 200, body: `<${action}Response><requestId>r-1</requestId><return>true</return></${action}Response>` });

/** Stands before moto: keeps what was asked, and answers what a test says, such as actions that moto lacks. */
export async function startProxy(moto: string, instead: Instead): Promise<{ url: string; asked: Query[]; paths: string[]; close(): Promise<void> }> {
  const asked: Query[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks);
      const query = /urlencoded/.test(request.headers['content-type'] ?? '') ? Object.fromEntries(new URLSearchParams(body.toString())) : {};
      asked.push(query);
      paths.push(`${request.method} ${request.url}`);
      const answer = instead(query);
      if (answer) return void response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
      forward(moto, request.url ?? '/', request.method ?? 'GET', request.headers, body).then(async (given) => {
        response.writeHead(given.status, { 'content-type': given.headers.get('content-type') ?? 'text/xml' }).end(Buffer.from(await given.arrayBuffer()));
      }).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, paths,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** What belongs to one hop only. */
const HOP = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect'];
const forward = (moto: string, path: string, method: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Response> => {
  const rest = Object.entries(headers).filter(([name]) => !HOP.includes(name)) as [string, string][];
  return fetch(moto + path, { method, headers: rest, ...(body.length > 0 && { body: new Uint8Array(body) }) });
};
