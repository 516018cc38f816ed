import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type TestServer, startServer } from '../support/server.js';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'mcmp-functions-'));
const fixture = join(process.cwd(), 'test/connector/fixtures/teller');
const drop = (): void => cpSync(fixture, join(folder, 'teller'), { recursive: true });
const paths = async (): Promise<Record<string, { post: { requestBody: { content: { 'application/json': { schema: { properties: { input: object } } } } } } }>> =>
  (await server.call('GET', '/api-json', { token: null })).body.paths as never;
async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (const until = Date.now() + 20_000; ; await new Promise((done) => setTimeout(done, 100))) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > until) throw new Error('not within 20 s');
  }
}
const fortune = (input: unknown): Promise<Answer> => server.call('POST', '/v1/drivers/teller/functions/fortune', { body: { connection: 'crystal', region: 'here', input } });

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  server = await startServer({ MCMP_DRIVERS_DIR: folder });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a driver's own functions", () => {
  it('appear in the document of a running server, with their schemas', async () => {
    expect((await paths())['/v1/drivers/teller/functions/fortune']).toBeUndefined();
    drop();
    const path = await eventually(async () => (await paths())['/v1/drivers/teller/functions/fortune']);
    const manifest = JSON.parse(readFileSync(join(fixture, 'driver.json'), 'utf8')) as { functions: { input: object }[] };
    expect(path.post.requestBody.content['application/json'].schema.properties.input).toEqual(manifest.functions[0]?.input);
    const { body } = await server.call('GET', '/v1/drivers/teller/functions');
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(['fortune', 'act']);
    expect((await server.call('POST', '/v1/connections', { body: { name: 'crystal', driver: 'teller', credential: { key: 'glass-ball' }, sync: false } })).status).toBe(201);
  });

  it('are called with checked input, and answer what their output schema says', async () => {
    expect(await fortune({ stars: [1, 2, 3] })).toMatchObject({ status: 200, body: { driver: 'teller', version: '1.0.0', output: { luck: 3 } } });
    for (const [input, field, rule] of [
      [{ stars: [1, 0] }, 'input.stars[1]', 'must be >= 1'],
      [{ stars: [1], extra: true }, 'input.extra', 'is not known here'],
      [{ stars: [1], mood: 'sad' }, 'input.mood', 'must be one of ["kind","wrong","flaky"]'],
      [{}, 'input.stars', 'is required'],
      [undefined, 'input', 'is required'],
    ] as const) {
      const answer = await fortune(input);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', detail: `${field}: ${rule}`, errors: [{ field, rule }] } });
      expect(answer.body).not.toHaveProperty('cloud');
    }
    expect(await fortune({ stars: [1], mood: 'wrong' })).toMatchObject({ status: 424, body: { cloud: { code: 'UNKNOWN', message: expect.stringContaining('output.luck') } } });
  });

  it('are repeated where they only read, and never else', async () => {
    expect(await fortune({ stars: [1], mood: 'flaky' })).toMatchObject({ status: 200 });
    const acted = await server.call('POST', '/v1/drivers/teller/functions/act', { body: { connection: 'crystal', region: 'here' } });
    expect(acted.status).toBe(424);
    const again = await server.call('POST', '/v1/drivers/teller/functions/act', { body: { connection: 'crystal', region: 'here' } });
    const times = [acted, again].map(({ body }) => Number(/failed the (\d+)/.exec(String(body.detail))?.[1]));
    expect((times[1] as number) - (times[0] as number)).toBe(1);
  });

  it('are refused clearly where the name or the connection is another', async () => {
    expect(await server.call('POST', '/v1/drivers/teller/functions/dance', { body: { connection: 'crystal', region: 'here', input: {} } })).toMatchObject({ status: 404, body: { detail: expect.stringContaining('/functions lists') } });
    expect((await server.call('POST', '/v1/drivers/absent/functions/fortune', { body: { connection: 'crystal', region: 'here', input: {} } })).status).toBe(404);
    expect((await server.call('POST', '/v1/drivers/teller/functions/fortune', { body: { connection: 'other', region: 'here', input: {} } })).status).toBe(404);
  });

  it('go away with the driver', async () => {
    rmSync(join(folder, 'teller'), { recursive: true });
    await eventually(async () => (await paths())['/v1/drivers/teller/functions/fortune'] === undefined);
  });

  it('keep a driver out whose schema is none', async () => {
    drop();
    const manifest = JSON.parse(readFileSync(join(fixture, 'driver.json'), 'utf8')) as { functions: { input: object }[] };
    (manifest.functions[0] as { input: object }).input = { type: 'fortune' };
    writeFileSync(join(folder, 'teller', 'driver.json'), JSON.stringify(manifest));
    const why = await eventually(async () => (await server.call('GET', '/v1/drivers/teller')).body.why);
    expect(why).toContain('the input schema of the function fortune is no JSON Schema');
    rmSync(join(folder, 'teller'), { recursive: true });
  });
});

describe('a call of the SDK as it is', () => {
  it('reaches the cloud through every check of the host', async () => {
    await eventually(async () => (await server.call('GET', '/v1/drivers/teller')).status === 404);
    drop();
    await eventually(async () => (await server.call('GET', '/v1/drivers/teller')).body.state === 'ready');
    const call = (method: string, request: unknown): Promise<Answer> => server.call('POST', '/v1/connections/crystal/calls', { body: { method, request } });
    expect(await call('region.list', {})).toMatchObject({ status: 200, body: { method: 'region.list', driver: 'teller', result: { items: [{ id: 'here' }] } } });
    expect(await call('region.list', { pageSize: 0 })).toMatchObject({ status: 400, body: { errors: [{ field: 'request.pageSize' }] } });
    expect(await call('region.listZones', { pageToken: 7 })).toMatchObject({ status: 400, body: { errors: [{ field: 'request.region', rule: 'is required (string)' }, { field: 'request.pageToken' }] } });
    expect(await call('region.listZones', { region: 'here', colour: 'red' })).toMatchObject({ status: 400, body: { errors: [{ field: 'request.colour', rule: 'is not known here' }] } });
    expect(await call('vm.fly', {})).toMatchObject({ status: 400, body: { errors: [{ field: 'method' }] } });
    expect(await call('vm.list', { region: 'here' })).toMatchObject({ status: 422, body: { cloud: { code: 'UNSUPPORTED' } } });
  });
});
