import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** `npm run portal` serves the sources and hands every call of the API on to a server at MCMP_PORTAL_API. */
const api = process.env.MCMP_PORTAL_API ?? 'http://127.0.0.1:8080';

// What the first page needs is one file: forty small ones would cost more in headers than they hold.
// `light-dark()` of our CSS stays as it is: what is put in its place for older browsers needs a `color-scheme` that stands in the same file, and Mantine's does not.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  resolve: { conditions: ['module', 'browser', 'production'] },
  build: { rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } }, onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log) }, outDir: fileURLToPath(new URL('../../../dist/portal', import.meta.url)), emptyOutDir: true, target: 'es2022', cssTarget: ['chrome123', 'firefox120', 'safari17.5'], assetsInlineLimit: 0, chunkSizeWarningLimit: 1000, reportCompressedSize: false },
  css: { postcss: { plugins: [] } },
  server: { host: '127.0.0.1', proxy: Object.fromEntries(['/v1', '/health', '/api', '/api-json'].map((path) => [path, { target: api, ws: true }])) },
});
