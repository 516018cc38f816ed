import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What the demonstration runs with. */
export interface DemoSettings {
  /** Ends with status 0 or 1 instead of staying up. */
  exit: boolean;
  /** Makes nothing by itself: a person goes on in the browser. */
  guide: boolean;
  /** 1 is as slow as real clouds, 0.1 ten times as fast. */
  timeScale: string;
  port: number;
  /** Everything that it keeps; a second run finds it. */
  folder: string;
  /** Of the first administrator; made once and kept for the owner of the folder. */
  password: string;
}

/** Reads the command line and what an earlier run left in the folder. @throws Error for a flag that is not known or out of its range. */
export function readSettings(args: string[]): DemoSettings {
  const { values } = parseArgs({
    args,
    options: { exit: { type: 'boolean', default: false }, guide: { type: 'boolean', default: false }, 'time-scale': { type: 'string', default: '0.1' }, port: { type: 'string', default: '8080' }, folder: { type: 'string', default: '' } },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`--port is a number from 0 to 65535 (0 takes a free one), not '${values.port}'`);
  const folder = values.folder || join('.data', values.guide ? 'try' : 'demo');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'password');
  try {
    writeFileSync(file, randomBytes(15).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { exit: values.exit, guide: values.guide, timeScale: values['time-scale'], port, folder, password: readFileSync(file, 'utf8') };
}
