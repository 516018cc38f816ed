import { afterAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { nameOf } from '../../src/cli/mcmp/naming.js';
import { openMcmp } from './mcmp.js';

const mcmp = openMcmp('http://127.0.0.1:9');
afterAll(() => mcmp.end());

interface Document { paths: Record<string, Record<string, { operationId: string; 'x-permission'?: string }>> }
const document = JSON.parse(readFileSync('src/openapi.json', 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { operationId }]) => ({ id: operationId, name: nameOf(operationId, method.toUpperCase(), path) })));
/** What has another way: login, the four deeds of an MCI; sessions, which only browsers have; and a terminal, for which there is `vm ssh`. */
const ELSEWHERE = ['Iam_token', 'Mci_act', 'Session_begin', 'Session_show', 'Session_end', 'Terminal_open'];

describe('the help', () => {
  it('has a noun and a verb for every operation of the open API, each for one alone', async () => {
    const { code, stdout } = await mcmp.run(['help', 'commands']);
    const commands = stdout.trim().split('\n').map((line) => line.trim());
    expect(code).toBe(0);
    expect(operations.length).toBeGreaterThan(60);
    expect(operations.filter(({ id, name }) => !ELSEWHERE.includes(id) && !commands.includes(`${name.noun} ${name.verb}`)).map(({ id }) => id)).toEqual([]);
    expect(new Set(commands).size).toBe(commands.length);
    for (const deed of ['suspend', 'resume', 'reboot', 'terminate', 'refine']) expect(commands).toContain(`mci ${deed}`);
  });

  it.each([[['frobnicate'], 2], [['mci', 'frobnicate'], 2], [['mci', 'show'], 2], [['spec', 'list', '--vcpus', '4'], 2], [['spec', 'list', '--vcpu', 'four'], 2], [['mci'], 2], [['--version'], 0], [['help', 'exit-codes'], 0]])('ends %j with %i', async (args, code) => {
    const ended = await mcmp.run(args);
    expect([args, ended.code]).toEqual([args, code]);
    if (code === 2 && args.length > 1) expect(ended.stderr).toMatch(/mcmp help|did you mean|It has create/);
  });

  it('says of every noun what it is', async () => {
    const [, nouns = ''] = /\nNouns:\n([\s\S]*?)\n\n/.exec((await mcmp.run(['help'])).stdout) ?? [];
    expect(nouns.split('\n').length).toBeGreaterThan(15);
    expect(nouns.split('\n').filter((line) => !/^ {2}\S+ +\S/.test(line))).toEqual([]);
  });

  it('guesses what was meant', async () => {
    expect((await mcmp.run(['show', 'mci'])).stderr).toMatch(/the noun stands first: mcmp mci show/);
    expect((await mcmp.run(['spec', 'list', '--vcpus', '4'])).stderr).toMatch(/--vcpu/);
    expect((await mcmp.run(['spce', 'list'])).stderr).toMatch(/spec/);
  });

  it('says that no server answers, by its own exit code', async () => {
    const { code, stderr } = await mcmp.run(['server', 'live'], { env: { MCMP_TOKEN: 'x' } });
    expect([code, stderr]).toEqual([8, expect.stringContaining('127.0.0.1:9')]);
  });

  it.each(['bash', 'zsh', 'fish'])('completes in %s', async (shell) => {
    const { code, stdout } = await mcmp.run(['completion', shell]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('__complete')]);
  });

  it('completes nouns, verbs and flags without a server', async () => {
    const words = async (...before: string[]): Promise<string[]> => (await mcmp.run(['__complete', ...before])).stdout.trim().split('\n').map((line) => line.split('\t')[0] as string);
    expect(await words('')).toEqual(expect.arrayContaining(['mci', 'spec', 'login']));
    expect(await words('mci', '')).toEqual(expect.arrayContaining(['create', 'suspend', 'command']));
    expect(await words('spec', 'list', '--')).toEqual(expect.arrayContaining(['--vcpu', '--region']));
  });
});
