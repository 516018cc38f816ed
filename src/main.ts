import 'reflect-metadata';
import { StartError, readConfig } from './platform/index.js';
import { startServer } from './server.js';

try {
  const server = await startServer(readConfig(process.env));
  process.stdout.write(`M-CMP listens at ${server.url} (API page: ${server.url}/api)\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close().then(() => process.exit(0), () => process.exit(1)));
} catch (error) {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `M-CMP could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
