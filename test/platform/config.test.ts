import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, Logger, Secrets, configTable, readConfig, redact, withLogContext } from '../../src/platform/index.js';

describe('configuration', () => {
  it('works with nothing set, and takes an empty value for an unset one', () => {
    expect(readConfig({ MCMP_PORT: '', DATABASE_URL: '', OTHER: 'x' })).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, workers: 32 });
  });

  it('names every wrong and unknown variable at once, and repeats no value', () => {
    let error: unknown;
    try {
      readConfig({ MCMP_PORT: '70000', DATABASE_URL: 'mysql://user:hidden@host', MCMP_ADMIN_PASSWORD: 'short', MCMP_SECRET_KEY: 'hidden', MCMP_WORKERS: 'many', MCMP_PROT: '1' });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).variables.map(({ variable }) => variable).sort()).toEqual(['DATABASE_URL', 'MCMP_ADMIN_PASSWORD', 'MCMP_PORT', 'MCMP_PROT', 'MCMP_SECRET_KEY', 'MCMP_WORKERS']);
    expect((error as ConfigError).message).not.toMatch(/hidden|short/);
  });

  it('says what every variable means', () => {
    expect(configTable().filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});

describe('the log', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = new Logger('info', new Writable({ write(chunk, _encoding, done) { lines.push(JSON.parse(String(chunk)) as Record<string, unknown>); done(); } }));

  it('carries the ids of the work at hand, also after an await and within', async () => {
    await withLogContext({ requestId: 'r', operationId: 'o' }, async () => {
      await Promise.resolve();
      withLogContext({ connectionId: 'c' }, () => logger.info('within'));
      logger.info('outside');
    });
    expect(lines).toMatchObject([{ level: 'info', msg: 'within', requestId: 'r', operationId: 'o', connectionId: 'c' }, { msg: 'outside', requestId: 'r', operationId: 'o' }]);
    expect(lines[1]).not.toHaveProperty('connectionId');
  });

  it('shows no value under a name that sounds secret, at any depth', () => {
    const cyclic: Record<string, unknown> = { name: 'ok', headers: { Authorization: 'Bearer x' }, list: [{ secretAccessKey: 'x', privateKey: 'x', apiKey: 'x', refresh_token: 'x' }], credential: { a: 'x' } };
    cyclic.self = cyclic;
    expect(JSON.stringify(redact(cyclic))).not.toContain('"x"');
    logger.warn('with fields', { password: 'x', id: 1 }, new Error('why'));
    expect(lines.at(-1)).toMatchObject({ level: 'warn', password: '[redacted]', id: 1, error: { name: 'Error', message: 'why' } });
  });
});

describe('secrets', () => {
  const secrets = new Secrets(Buffer.alloc(32, 1));
  it('open for their own context and key only, and whole only', () => {
    const sealed = secrets.seal('text', 'connection:1');
    expect(secrets.open(sealed, 'connection:1')).toBe('text');
    expect(secrets.seal('text', 'connection:1')).not.toBe(sealed);
    expect(() => secrets.open(sealed, 'connection:2')).toThrow();
    expect(() => new Secrets(Buffer.alloc(32, 2)).open(sealed, 'connection:1')).toThrow(/MCMP_SECRET_KEY/);
    const parts = sealed.split('.');
    parts[3] = `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1)}`;
    expect(() => secrets.open(parts.join('.'), 'connection:1')).toThrow();
  });
});
