import 'reflect-metadata';
import { StartError, readConfig } from './platform/index.js';
import { startServer } from './server.js';

try {
  const starting = startServer(readConfig(process.env));
  // Also in the middle of the start, whose PostgreSQL would be left running otherwise.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void starting.then((server) => server.close()).then(() => process.exit(0), () => process.exit(1)));
  // Without a listener Node opens its debugger on this signal, to any program of the same user.
  process.on('SIGUSR1', () => undefined);
  const server = await starting;
  process.stdout.write(`M-CMP listens at ${server.url} (API page: ${server.url}/api)\n`);
} catch (error) {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `M-CMP could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
