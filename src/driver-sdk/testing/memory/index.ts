/** A cloud in this process with its right driver. */
export { ACCOUNT } from './cloud.js';
export { memoryBox } from './driver.js';
export type { MemoryBox } from './driver.js';
export { MEMORY_MANIFEST } from './manifest.js';
