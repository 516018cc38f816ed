import type { Refinement } from './generic.js';

/** Columns of VMs, which two commands show. */
export const VM_COLUMNS = ['mci', 'name', 'state', 'cloud', 'region', 'SPEC:specId', 'ADDRESS:publicIp', 'PRIVATE:privateIp', 'PRICE/H:pricePerHour|money', 'AGE:createdAt|age'];

const gone = (what: string) => (names: string[]): string => `${what} ${names.join(' ')} deleted.`;
const sure = (what: string) => (names: string[]): string => `This deletes the ${what} "${names.join(' ')}".`;

/** How operations of the open API are made into what a person uses daily, by operation id. What is not here works as the document says. */
export const REFINED: Record<string, Refinement> = {
  Operations_list: { empty: 'Nothing was done yet.', columns: ['id', 'kind', 'TARGET:target.name', 'state', 'progress|progress', 'AGE:createdAt|age', 'message'], examples: ['operation list --state running', 'operation list --kind mci.create --limit 10'] },
  Operations_get: { examples: ['operation show 019a2c00-0000-7000-8000-000000000010'] },
  Operations_cancel: { columns: ['id', 'state'] },
  Iam_workspaces: { columns: ['name', 'id', 'AGE:createdAt|age'] },
  Iam_createWorkspace: { positional: ['name'], examples: ['workspace create retail'] },
  Iam_projects: { columns: ['name', 'id', 'workspaceId', 'AGE:createdAt|age'] },
  Iam_createProject: { positional: ['name'], examples: ['project create shop --workspace retail'] },
  Summary_show: { examples: ['project summary default', 'project summary default --cloud aws'] },
  Iam_users: { columns: ['username', 'role', 'disabled', 'AGE:createdAt|age', 'id'] },
  Iam_createUser: { positional: ['username'], examples: ['user create mina --role operator --workspaces retail', 'user create ci --role viewer --password-file -'] },
  Connections_list: { empty: 'There are none yet: `mcmp connection create NAME --driver DRIVER` makes one, and `mcmp simulated-cloud connect` all clouds of a box.', columns: ['name', 'cloud', 'driver', 'state', 'ACCOUNT:accountId', 'regions|all', 'AGE:createdAt|age'], examples: ['connection list --cloud aws'] },
  Connections_delete: { confirm: sure('connection'), done: gone('Connection') },
  Connections_regions: { columns: ['id', 'name', 'enabled', 'ZONES:zones|zones', 'SPECS:specCount', 'IMAGES:imageCount', 'SYNCED:syncedAt|age'] },
  Connections_sync: { examples: ['connection sync aws --regions us-east-1,ap-northeast-2 --watch'] },
  Calls_call: { shows: true, examples: ['connection call aws --method region.list --request {}'] },
  Calls_functions: { columns: ['name', 'TITLE:title|title', 'read'] },
  Calls_run: { shows: true, examples: ['driver run aws getConsoleOutput --connection aws --region us-east-1 --input \'{"vmId":"i-0a1b"}\''] },
  Budget_show: {
    columns: ['connection', 'accountId', 'asOf'],
    tables: { buckets: ['region', 'API CLASS:apiClass', 'counts', 'LIMIT/S:limit.perSecond|figure', 'RATE/S:rate|figure', 'LEFT:tokens|figure', 'LAST MINUTE:lastMinute.calls|figure', 'LAST HOUR:lastHour.calls|figure', 'REFUSED:lastHour.throttled|figure', 'BY WORKSPACE:lastHour.byWorkspace|used', 'BY PURPOSE:lastHour.byPurpose|counts', 'BY SERVER:lastHour.byServer|used', 'WAITING:waiting|counts'] },
    about: ['Who used what is that of the last hour; -o json has the last minute, too.'],
  },
  Catalogue_specs: {
    columns: ['id', 'cloud', 'connection', 'region', 'vcpu', 'MEMORY:memoryMiB|gib', 'ARCH:architecture', 'GPU:gpuCount', 'PRICE/H:price|price', 'PRICE AGE:price.ageDays|days'],
    about: ['A price with * is simulated, where nobody publishes one.'],
    examples: ["spec list --vcpu 4 --region 'ap-*' --sort price", 'spec list --gpu-count-min 1 --price-max 2 --limit 10', "spec list --id 't3.*' -o csv --columns id,region,price.perHour"],
  },
  Catalogue_images: { columns: ['name', 'cloud', 'connection', 'region', 'OS:osFamily', 'VERSION:osVersion', 'ARCH:architecture', 'id'], examples: ["image list --os-family ubuntu --os-version 24.04 --region 'us-*'"] },
  Catalogue_regions: { columns: ['id', 'name', 'cloud', 'connection', 'enabled', 'ZONES:zones|many', 'SPECS:specCount', 'IMAGES:imageCount', 'SYNCED:syncedAt|age'], examples: ["region list --region 'ap-*' --enabled"] },
  Drivers_list: { columns: ['name', 'version', 'state', 'cloud', 'TITLE:title|title', 'source', 'connections', 'CAPABILITIES:capabilities|many'] },
  Drivers_upload: { examples: ['driver upload acme-1.2.0.mcmp', 'driver upload acme-1.2.0.mcmp --allow-unsigned --no-activate'] },
  Drivers_install: { positional: ['name'], examples: ['driver install acme --range ^1.2 --repository ours'] },
  Drivers_updates: { columns: ['version', 'repository', 'withinPin', 'publishedAt', 'keyId'] },
  Drivers_delete: { confirm: sure('driver'), done: gone('Driver') },
  Drivers_activate: { positional: ['version'], examples: ['driver activate acme 1.2.0'] },
  Drivers_pin: { positional: ['range'], about: ['`null` lets it go.'], examples: ["driver pin acme '^1.2'", 'driver pin acme null'] },
  Drivers_deleteVersion: { confirm: sure('driver version'), done: gone('Driver version') },
  Drivers_audit: { columns: ['AGE:at|age', 'what', 'driver', 'version', 'who', 'detail'] },
  DriverKeys_list: { columns: ['keyId', 'title', 'versions', 'addedBy', 'AGE:addedAt|age'] },
  DriverKeys_add: { positional: ['title'], examples: ['driver-key create "Acme release key" --public-key "$(cat acme.pub)"'] },
  DriverKeys_remove: { confirm: sure('key'), done: gone('Key') },
  DriverRepositories_list: { columns: ['name', 'kind', 'state', 'url', 'hasToken', 'CHECKED:checkedAt|age', 'lastError'] },
  DriverRepositories_add: { positional: ['name', 'url'], examples: ['driver-repository create ours https://drivers.example.com --kind static'] },
  DriverRepositories_search: { positional: ['keyword'], columns: ['name', 'source', 'cloud', 'TITLE:title|title', 'VERSIONS:versions|versions', 'installed'], examples: ['driver-repository search korea'] },
  DriverRepositories_remove: { confirm: sure('repository'), done: gone('Repository') },
  Grades_list: { columns: ['id', 'version', 'proof', 'against', 'PASSED:counts.passed', 'FAILED:counts.failed', 'AGE:ranAt|age'] },
  Grades_grade: { tables: {
    reports: ['id', 'proof', 'against', 'origin', 'PASSED:counts.passed|figure', 'FAILED:counts.failed|figure', 'AGE:ranAt|age'],
    capabilities: ['capability', 'best', 'partly', 'PROOFS:proofs|proofs'],
  } },
  Grades_add: { examples: ['driver-report create acme --report @report.json'] },
  Mci_list: { empty: 'There are none yet: `mcmp help mci create` tells how to make one.', columns: ['name', 'status', 'vms', 'COUNTS:counts|counts', 'PRICE/H:pricePerHour|prices', 'AGE:createdAt|age', 'description'], examples: ['mci list', 'mci list --label team=shop -o name'] },
  Mci_show: { examples: ['mci show web'] },
  Mci_delete: { confirm: (names) => `This deletes the MCI "${names.join(' ')}", its VMs and all that it stands on.`, examples: ['mci delete web --watch'] },
  Mci_scale: { positional: ['size'], examples: ['mci scale web front 12 --watch'] },
};

/** One line for each noun, in the order of the help. */
export const NOUNS: Record<string, string> = {
  mci: 'VM groups over any clouds, run as one thing',
  vm: 'the VMs of MCIs',
  spec: 'sizes of VMs in all clouds, with prices',
  image: 'operating-system images in all clouds',
  region: 'regions of all connections',
  connection: 'cloud accounts',
  operation: 'long work: how it goes, its end',
  driver: 'the code that speaks to one cloud each, and its versions',
  'driver-key': 'whose signatures of drivers are believed',
  'driver-repository': 'where drivers are installed from',
  'driver-report': 'what a driver was proven for',
  project: 'where resources belong',
  workspace: 'where a team works',
  user: 'who may log in',
  event: 'what changes, as it happens',
  server: 'whether the server is well',
  platform: 'how each part of it is, and what would help',
  'simulated-cloud': 'clouds that cost nothing, where the server has a box of them',
};

/** Words that people try, and the one that is used. */
export const NOUN_ALIASES: Record<string, string> = { mcis: 'mci', vms: 'vm', specs: 'spec', images: 'image', regions: 'region', connections: 'connection', conn: 'connection', operations: 'operation', op: 'operation', drivers: 'driver', 'driver-keys': 'driver-key', 'driver-repositories': 'driver-repository', 'driver-repo': 'driver-repository', 'driver-reports': 'driver-report', projects: 'project', workspaces: 'workspace', users: 'user', profiles: 'profile', health: 'server' };
export const VERB_ALIASES: Record<string, string> = { ls: 'list', get: 'show', describe: 'show', rm: 'delete', remove: 'delete', add: 'create', new: 'create', make: 'create', start: 'resume', stop: 'suspend', run: 'command', exec: 'command', edit: 'update', change: 'update' };
