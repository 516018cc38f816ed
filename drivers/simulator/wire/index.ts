export { startControl } from './control.js';
/** The plain wire; `main.ts` finds it by the default export, as it finds the wires of other drivers. */
export { plain as default } from './plain.js';
