/** What the build reads out of `src/openapi.json` (see `build.mjs`). */
declare module 'mcmp:operations' {
  const operations: import('./generate.js').Operation[];
  export default operations;
}
declare module 'mcmp:mci-schema' {
  const schema: import('./schema.js').JsonSchema;
  export default schema;
}
declare module 'mcmp:version' {
  const version: string;
  export default version;
}
