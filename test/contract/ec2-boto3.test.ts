import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The wire must be told true by someone else: boto3 is AWS's own client in another language, with a model of its own. */
const PYTHON = 'python3';
const hasBoto3 = spawnSync(PYTHON, ['-c', 'import boto3'], { timeout: 30_000 }).status === 0;
if (!hasBoto3) process.stderr.write('boto3 is missing: the EC2 wire is not checked by a second official client (pip install boto3)\n');

const ACCOUNT = '210987654321';
let box: ChildProcess | undefined, doors: { control: string; wires: { ec2: string } };

/** Runs the journey and gives its last line. */
async function run(script: string, args: string[]): Promise<{ code: number | null; figures: Record<string, unknown>; stderr: string }> {
  const child = spawn(PYTHON, [resolve('test/contract', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr, figures: JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as Record<string, unknown> };
}

describe('the EC2 wire and boto3', () => {
  it('has a boto3 to be checked with where everything is checked', () => {
    expect(hasBoto3 || process.env.CI !== 'true').toBe(true);
  });

  (hasBoto3 ? describe : describe.skip)('with the built program', () => {
    beforeAll(async () => {
      // Twenty times as fast as the real cloud, with its latencies, its eventual consistency and its throttling.
      box = spawn(process.execPath, [resolve('dist/drivers/simulator/main.js'), '--time-scale', '0.05', '--seed', '11'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(createInterface({ input: box.stdout! }), 'line')) as [string];
      doors = JSON.parse(line) as typeof doors;
    });
    afterAll(async () => {
      if (!box || box.exitCode !== null) return;
      box.kill('SIGTERM');
      await once(box, 'exit');
    });

    it('goes one whole journey and leaves nothing behind', async () => {
      const keys = (await (await fetch(`${doors.control}/control/credential?cloud=aws&account=${ACCOUNT}`)).json()) as { accessKeyId: string; secretKey: string };
      const told = await run('ec2_boto3.py', ['--endpoint', doors.wires.ec2, '--access-key-id', keys.accessKeyId, '--secret-access-key', keys.secretKey]);
      expect(told).toMatchObject({ code: 0, stderr: '', figures: { held: true, account: ACCOUNT, instances: 12, pages: 3 } });
      const truth = (await (await fetch(`${doors.control}/control/resources?cloud=aws&account=${ACCOUNT}`)).json()) as { count: number };
      expect(truth.count).toBe(0);
    });
  });
});
