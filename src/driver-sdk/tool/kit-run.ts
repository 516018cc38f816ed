/** Program of the process in which `mcmp-driver test` runs the kit, so that a driver which ends its process takes no report with it. Told its job by one message; tells each result. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Driver } from '../driver.js';
import type { Manifest } from '../manifest.js';
import type { CheckReport } from '../testing/index.js';
import { checkDriver } from '../testing/index.js';
import type { ConnectFile } from './connect-file.js';

/** What is to be run. */
export interface KitJob { folder: string; manifest: Manifest; connect: ConnectFile; except: Record<string, string>; only?: string[] }
/** What the process says. */
export type KitNews = { report: CheckReport } | { done: true } | { wrong: string };

const tell = (news: KitNews): Promise<void> => new Promise((done) => process.send?.(news, undefined, undefined, () => done()));

process.once('message', (message) => {
  const { folder, manifest, connect, except, only } = message as KitJob;
  const { credential, endpoint, options, broken, place, pollMs, timeoutMs, expensive } = connect;
  const input = (fields: Record<string, string>) => ({ credential: fields, options, ...(endpoint !== undefined && { endpoint }) });
  checkDriver({
    driver: async () => ((await import(pathToFileURL(join(folder, manifest.entry)).href)) as { default: Driver }).default,
    manifest, place, except, connect: () => input(credential), ...(broken && { broken: input({ ...credential, ...broken }) }),
    ...(only && { only }), ...(pollMs !== undefined && { pollMs }), ...(timeoutMs !== undefined && { timeoutMs }), ...(expensive !== undefined && { expensive }),
    onReport: (report) => void tell({ report }),
  } as Parameters<typeof checkDriver>[0]).then(() => tell({ done: true }), (error: unknown) => tell({ wrong: (error as Error).message })).finally(() => process.exit(0));
});
