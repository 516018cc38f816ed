import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** Path of moto's server, or undefined where it is not installed. */
export const motoServer = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'moto_server')).find(existsSync);

/** Whether its absence is a failure. */
export const motoNeeded = process.env.CI === 'true';

/**
 * Starts moto, an emulator of AWS that nobody here wrote, on a free port of loopback.
 * @param env moto's own settings, beside the environment.
 */
export async function startMoto(env: Record<string, string> = {}): Promise<{ url: string; close(): Promise<void> }> {
  if (motoServer === undefined) throw new Error("moto_server is not in PATH: pip install 'moto[server]'");
  const port = await freePort();
  const child = spawn(motoServer, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', ...env } });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    if (await fetch(`${url}/moto-api/data.json`).then(({ ok }) => ok, () => false)) break;
    if (tries > 300 || child.exitCode !== null) throw new Error('moto_server did not start.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async close() {
      child.kill();
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
