// Who may know whom (src/README.md). Each comment says what to do instead.
const domains = ['iam', 'connector', 'infra', 'observability', 'cost', 'application', 'across-service', 'workflow', 'portal', 'cli'];
const anyDomain = domains.join('|');

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or a third one is missing: move what both need below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'front-door',
      comment: 'Another module is entered through its index.ts only; export there what others may use.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: `^src/(${anyDomain})/`, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'kernel-is-plain',
      comment: 'The kernel holds plain values; it knows no framework, no platform and no domain.',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: ['^src/(?!kernel/)', 'node_modules/(@nestjs|typeorm|pg|fastify)/'] },
    },
    {
      name: 'platform-knows-no-domain',
      comment: 'Plumbing serves every domain alike: hand the platform a function or an event instead.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(${anyDomain})/` },
    },
    {
      name: 'iam-is-lowest',
      comment: 'iam stands at the bottom of the domains: others call it, it calls none of them.',
      severity: 'error',
      from: { path: '^src/iam/' },
      to: { path: '^src/(connector|infra|observability|cost|application|across-service|workflow|portal|cli)/' },
    },
    {
      name: 'connector-below-infra',
      comment: 'Commands go down by call, news goes up by event: publish an event from the connector instead.',
      severity: 'error',
      from: { path: '^src/connector/' },
      to: { path: '^src/(infra|observability|cost|application|across-service|workflow|portal|cli)/' },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'A driver author installs the SDK without our server: it imports nothing outside its own folder. Only bin/, bundle/, tool/ and the template may use what its package.json names, and Node; the cloud in memory serves its signed URLs by Node.',
      severity: 'error',
      from: { path: '^src/driver-sdk/', pathNot: ['^src/driver-sdk/(bin|bundle|template|tool)/', '^src/driver-sdk/testing/memory/urls\\.ts$'] },
      to: { pathNot: '^src/driver-sdk/' },
    },
    {
      name: 'sdk-tool-stands-alone',
      comment: 'The author’s tool and the server read bundles by the same code: it knows Node, tar-stream, zod, semver and esbuild, and nothing of the server.',
      severity: 'error',
      from: { path: '^src/driver-sdk/(bin|bundle|template|tool)/' },
      to: { pathNot: ['^src/driver-sdk/', 'node_modules/(@types/)?(tar-stream|zod|semver|esbuild)/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'sdk-core-knows-no-tool',
      comment: 'What runs in a driver’s process and what checks it need no library: they know neither bundles nor the tool.',
      severity: 'error',
      from: { path: '^src/driver-sdk/', pathNot: '^src/driver-sdk/(bin|bundle|template|tool)/' },
      to: { path: '^src/driver-sdk/(bin|bundle|template|tool)/' },
    },
    {
      name: 'driver-knows-only-the-sdk',
      comment: 'A driver runs in its own process with nothing of the server in it: use @mcmp/driver-sdk.',
      severity: 'error',
      from: { path: '^drivers/' },
      to: { path: '^src/(?!driver-sdk/)' },
    },
    {
      name: 'wire-stays-out-of-the-bundle',
      comment: 'The wire and the world are the other side of the driver; a bundle that holds them would speak to itself.',
      severity: 'error',
      from: { path: '^drivers/[^/]+/src/' },
      to: { path: '^drivers/[^/]+/(wire|world)/' },
    },
    {
      name: 'cli-speaks-http',
      comment: 'The command line is a client like any other: it calls the open API, never the inside.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(?!cli/|kernel/)' },
    },
    {
      name: 'mcmp-stands-alone',
      comment: 'People install the command line without our server: it knows Node, yaml, and the tables that its build reads out of src/openapi.json.',
      severity: 'error',
      from: { path: '^src/cli/mcmp/' },
      to: { pathNot: ['^src/cli/mcmp/', 'node_modules/yaml/', '^mcmp:', 'node_modules/esbuild/'], dependencyTypesNot: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^src/portal/web/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
};
