/** Packing, reading, signing of driver bundles, and the rules of the manifest: one set of rules for the author's tool and for the server. */
export { bundleFileName, packBundle, readBundle, signBundle } from './bundle.js';
export type { ReadBundle } from './bundle.js';
export type { Drift, Spelled } from './drift.js';
export { BundleError } from './errors.js';
export type { BundleRule } from './errors.js';
export { BUNDLE_LIMITS, contentHashOf } from './list.js';
export type { BundleFile, BundleList, BundleSignature } from './list.js';
export { deadlineOf, fieldOf, fitsMethod, parseManifest } from './manifest.js';
export { isBundleFolder, isBundlePath } from './paths.js';
export { generateKeys, keyIdOf, publicKeyOf, verifyBundle } from './sign.js';
export type { KeyPair, TrustedKey } from './sign.js';
