import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packed } from '../connector/fixtures/packed.js';
import { ADMIN_PASSWORD } from '../support/server.js';
import { type Going, onTerminal } from './mcmp.js';
import { type Stage, furnish, openStage, shellOf } from './stage.js';

const CTRL_C = '\u0003';
let stage: Stage;
let environment: Record<string, string>;
const terminal = (args: string, more: Record<string, string> = {}): Going => onTerminal(`mcmp ${args}`, { ...environment, ...more });
const json = <T>(...args: string[]): Promise<T> => stage.mcmp.json<T>(args);

beforeAll(async () => {
  stage = await openStage();
  environment = shellOf(stage);
  await furnish(stage);
});
afterAll(() => stage?.end());

/** Makes an MCI that gets no VM until `release`. */
async function hold(name: string): Promise<{ id: string; release(): Promise<void> }> {
  await stage.box.setFaults([{ method: 'vm.create', effect: { type: 'error', code: 'UNAVAILABLE' } }]);
  const { id } = await json<{ id: string }>('mci', 'create', name, '-f', stage.pathOf('web.yaml'));
  return { id, release: () => stage.box.setFaults() };
}

describe('questions on a terminal', () => {
  it('ask for name and password, which is shown nowhere', async () => {
    const login = terminal(`login ${stage.server.url} --profile typed`);
    await login.said(/User name at /);
    login.type('admin\r');
    await login.said(/Password: $/);
    login.type(`wrong\u007F\u0015${ADMIN_PASSWORD}\r`);
    const { code, stdout } = await login.ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Logged in at \S+ as admin/)]);
    expect(stdout).not.toMatch(/wrong|test-administrator/);
  });

  it('end with 130 at Ctrl-C, at a name as at a password, and keep nothing', async () => {
    for (const [args, question] of [['login --profile never', /User name at /], ['login --profile never -u admin', /Password: $/]] as const) {
      const asked = terminal(args);
      await asked.said(question);
      asked.type(CTRL_C);
      expect([args, (await asked.ended).code]).toEqual([args, 130]);
    }
    expect((await stage.mcmp.run(['profile', 'show', 'never'])).code).toBe(4);
  });

  it('take a key of several lines as it is pasted, or typed to an empty line, and no more than one line where one is wanted', async () => {
    const field = (name: string, multiline: boolean) => ({ name, label: { en: name }, secret: true, required: true, multiline });
    await stage.mcmp.run(['driver', 'upload', stage.file('locked.mcmp', await packed({ version: '1.0.0', name: 'locked', manifest: { credential: [field('pem', true), field('pass', false)] }, verify: "return { accountId: JSON.stringify(credential).replace(/\\W+/g, '-') };" })), '--allow-unsigned']);
    const paste = (text: string): string => `\u001B[200~${text}\u001B[201~`;
    for (const [name, pem] of [['pasted', `${paste('-BEGIN-\r\rAbC=\r-END-\r')}\r`], ['typed', '-BEGIN-\rAbC=\r-ENX\u007FD-\u001B[D\r\r']] as const) {
      const create = terminal(`connection create ${name} --driver locked --no-sync`);
      await create.said(/pem \(several lines, then an empty one\): $/);
      create.type(pem);
      await create.said(/pass: $/);
      create.type(`${paste('two\rlines')}\r`);
      await create.said(/It is a single line\.\s[^]*pass: $/);
      create.type(`${paste('key')}\r`);
      const { code, stdout } = await create.ended;
      expect([code, stdout]).toEqual([0, expect.stringMatching(name === 'pasted' ? /account -pem-BEGIN-n-nAbC-n-END-pass-key-/ : /account -pem-BEGIN-nAbC-n-END-pass-key-/)]);
      expect(stdout).not.toMatch(/AbC=/);
    }
  });

  it('wants the name typed before it destroys, and does nothing for another', async () => {
    const { id, release } = await hold('doomed');
    const wrong = terminal('mci delete doomed');
    await wrong.said(/Type doomed to go on: /);
    wrong.type('doom\r');
    expect(await wrong.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('nothing was done') });
    expect((await json<{ state: string }>('operation', 'show', id)).state).toBe('running');
    const right = terminal('mci delete doomed --watch');
    await right.said(/Type doomed to go on: /);
    right.type('doomed\r');
    await release();
    expect(await right.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') });
  });
});

describe('what takes long', () => {
  it('goes on after Ctrl-C, says how to see it again, and a loop of the shell ends there', async () => {
    await stage.box.setFaults([{ method: 'vm.create', effect: { type: 'error', code: 'UNAVAILABLE' } }]);
    const loop = onTerminal(`bash -c 'for name in one two; do mcmp mci create $name -f ${stage.pathOf('web.yaml')} --watch; done; echo the loop went on'`, environment);
    await loop.said(/mci\.create of one/);
    loop.type(CTRL_C);
    const { code, stdout } = await loop.ended;
    expect([code, stdout]).toEqual([130, expect.stringMatching(/the operation goes on in the server[\s\S]*mcmp operation watch \S+[\s\S]*mcmp operation cancel/)]);
    expect(stdout).not.toContain('the loop went on');
    const [, id = ''] = /mcmp operation watch (\S+)/.exec(stdout) ?? [];
    expect((await json<{ state: string }>('operation', 'show', id)).state).toBe('running');
    expect((await stage.mcmp.run(['mci', 'show', 'two'])).code).toBe(4);

    const late = await stage.mcmp.run(['operation', 'watch', id, '--timeout', '1s']);
    expect([late.code, late.stderr]).toEqual([8, expect.stringMatching(/not done within 1s[\s\S]*goes on in the server[\s\S]*operation watch/)]);
    await stage.box.setFaults();
    expect(await stage.mcmp.run(['operation', 'watch', id])).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') });
    expect((await stage.mcmp.run(['mci', 'delete', 'one', '--watch'])).code).toBe(0);
  });

  it('is told to a second person who changes the same MCI meanwhile', async () => {
    const { id, release } = await hold('shared');
    const { code, stderr } = await stage.mcmp.run(['mci', 'scale', 'shared', 'front', '1']);
    expect([code, stderr]).toEqual([5, expect.stringMatching(new RegExp(`${id} \\(create\\) works on these VMs[\\s\\S]*mcmp operation show ${id}`))]);
    await release();
    expect((await stage.mcmp.run(['mci', 'delete', 'shared', '--watch'])).code).toBe(0);
  });
});

describe('names of every script', () => {
  /** With the columns that each takes on a terminal. */
  const DESCRIPTIONS: [string, number][] = [['<script>alert(1)</script>', 25], ['서울 매장 앞단', 14], ['🚀 launch 👨‍👩‍👧', 12], ['plain', 5]];

  it('stand in a table as straight as plain ones, and as they are in JSON', async () => {
    const names = ['a', 'b', 'c', 'd'].map((letter) => `wide-${letter}`);
    await stage.box.setFaults([{ method: 'vm.create', effect: { type: 'error', code: 'UNAVAILABLE' } }]);
    for (const [index, [description]] of DESCRIPTIONS.entries()) await json('mci', 'create', names[index] as string, '-f', stage.pathOf('web.yaml'), '--description', description);
    const { stdout } = await stage.mcmp.run(['mci', 'list', '--name', 'wide-', '--columns', 'description,name', '--no-header']);
    const widest = Math.max(...DESCRIPTIONS.map(([, width]) => width));
    expect(stdout.trim().split('\n').sort()).toEqual(DESCRIPTIONS.map(([text, width], index) => `${text}${' '.repeat(widest - width + 2)}${names[index]}`).sort());
    const told = await json<{ description: string }[]>('mci', 'list', '--name', 'wide-');
    expect(told.map(({ description }) => description).sort()).toEqual(DESCRIPTIONS.map(([text]) => text).sort());
    await stage.box.setFaults();
    for (const name of names) await stage.mcmp.run(['mci', 'delete', name]);
  });
});
