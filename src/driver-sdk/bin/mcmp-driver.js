#!/usr/bin/env node
// A file that is there before the SDK is built, so that npm can link it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../dist/tool/main.js', import.meta.url);
// Who reads only the beginning ("| head") closes the pipe early.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});
if (existsSync(fileURLToPath(program))) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('mcmp-driver: the SDK is not built yet; run "npm run build" first');
  process.exitCode = 2;
}
