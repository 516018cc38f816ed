import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { ACCOUNT, Box, REGION } from '../../drivers/aws/test/wire-box.js';

/** boto3 is AWS's own client in another language: what it reads of log and bill is what the world holds. */
const PYTHON = 'python3';
const hasBoto3 = spawnSync(PYTHON, ['-c', 'import boto3'], { timeout: 30_000 }).status === 0;
if (!hasBoto3) process.stderr.write('boto3 is missing: CloudTrail and Cost Explorer are not checked by a second official client (pip install boto3)\n');

it('has a boto3 to be checked with where everything is checked', () => {
  expect(hasBoto3 || process.env.CI !== 'true').toBe(true);
});

(hasBoto3 ? it : it.skip)('reads events and costs with boto3 as the world has them', async () => {
  const box = await Box.start();
  const place = await box.place();
  await box.launch(place);
  const begun = new Date(box.world.date());
  const [from, to] = [0, 2].map((months) => Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() + months)) as [number, number];
  box.world.setDate({ now: to + 10 * 86_400_000 });
  const rows = await box.world.call({ cloud: 'aws', account: ACCOUNT, region: REGION, method: 'charge.list', api: 'truth' }, (view) => {
    const bill = view.bill(box.world.date());
    return bill.periods(from, to, 'month').flatMap((at) => bill.rows(at, 'month'));
  });
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const { endpoint, credentials } = box.settings();
  const { stdout } = await promisify(execFile)(PYTHON, [resolve('test/contract/telemetry_boto3.py'), '--endpoint', endpoint, '--access-key-id', credentials.accessKeyId, '--secret-access-key', credentials.secretAccessKey, '--region', REGION, '--start', day(from), '--end', day(to)]);
  const told = JSON.parse(stdout) as { pages: number; events: string[]; costs: Record<string, number>; regions: string[]; refused: string[] };
  expect(told).toMatchObject({ pages: 3, regions: expect.arrayContaining([REGION]), refused: ['InvalidNextTokenException', 'InvalidLookupAttributesException', 'ValidationException', 'ValidationException'] });
  expect(told.events).toEqual(['RunInstances', 'CreateSecurityGroup', 'CreateSubnet', 'CreateVpc', 'CreateVpc', 'CreateVpc']);
  const sum = (category: string): number => rows.filter((row) => row.category === category).reduce((total, { billedCost }) => total + billedCost, 0);
  expect(sum('usage')).toBeGreaterThan(0);
  for (const [type, category] of [['Usage', 'usage'], ['Tax', 'tax'], ['Credit', 'credit']] as const) expect(told.costs[type]).toBeCloseTo(sum(category), 6);
  await box.clear(place);
  await box.close();
});
