import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** Why the server does not start, in words for whoever starts it: shown without a stack, since the mistake is not in the program. */
export class StartError extends Error {}

/** Makes the data folder where it is missing; gives its absolute path. @throws StartError where it cannot be written. */
export function prepareDataDir(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StartError(`The data folder ${folder} cannot be written (${(cause as NodeJS.ErrnoException).code}): let the user who runs the server own it, or set MCMP_DATA_DIR to another folder`, { cause });
  }
  return folder;
}
