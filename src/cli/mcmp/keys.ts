import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, Failure, Refusal } from './failure.js';
import { closeToOthers } from './profiles.js';
import type { Session } from './session.js';

/** Writes a key that its owner alone may read; never over another file. */
export function writeKey(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

/** Folder of what belongs to one server: two servers may know MCIs of the same name. */
export const serverFolder = ({ folder, url }: Session): string => join(folder, 'servers', createHash('sha256').update(url).digest('hex').slice(0, 12));

/**
 * The private key of an MCI's VMs: the one kept here, else fetched, which the server grants once.
 * @throws Failure where it was fetched before, somewhere else or by somebody else
 */
export async function privateKeyOf(session: Session, mci: string): Promise<{ file: string; text(): string }> {
  const path = `${session.projectPath}/mcis/${encodeURIComponent(mci)}`;
  const { id } = await session.api.get<{ id: string }>(path);
  const file = join(serverFolder(session), 'keys', `${id}.pem`);
  if (existsSync(file)) {
    closeToOthers(file);
  } else {
    try {
      const { privateKey } = await session.api.json('POST', `${path}/private-key`) as { privateKey: string };
      writeKey(file, privateKey);
    } catch (error) {
      if (!(error instanceof Refusal) || error.exit === EXIT.notFound || error.problem.status === 401) throw error;
      throw new Failure(error.exit, error.message, [...error.help, 'If you have the key: mcmp vm ssh --identity FILE']);
    }
  }
  return { file, text: () => readFileSync(file, 'utf8') };
}
