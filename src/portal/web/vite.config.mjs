import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** `npm run portal` serves the sources and hands every call of the API on to a server at MCMP_PORTAL_API. */
const api = process.env.MCMP_PORTAL_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  resolve: { conditions: ['module', 'browser', 'production'] },
  build: { rolldownOptions: { onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log) }, outDir: fileURLToPath(new URL('../../../dist/portal', import.meta.url)), emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 800, reportCompressedSize: false },
  css: { postcss: { plugins: [] } },
  server: { host: '127.0.0.1', proxy: Object.fromEntries(['/v1', '/health', '/api', '/api-json'].map((path) => [path, { target: api, ws: true }])) },
});
