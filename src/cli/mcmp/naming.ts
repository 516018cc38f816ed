/** Names that a person uses daily, by operation id, as `noun verb`. What is not here is named by its path (`nameOf`). */
const CHOSEN: Record<string, string> = {
  Health_live: 'server live', Health_ready: 'server ready', Health_metrics: 'server metrics',
  Iam_token: 'auth token', Iam_me: 'user me', Iam_events: 'project events', Iam_allEvents: 'event follow', Summary_show: 'project summary',
  Operations_events: 'operation events', Operations_cancel: 'operation cancel',
  Calls_call: 'connection call', Calls_functions: 'driver functions', Calls_run: 'driver run', Budget_show: 'connection budget',
  Catalogue_specPrices: 'spec prices',
  Connections_regions: 'connection regions', Connections_quotas: 'connection quotas',
  Drivers_upload: 'driver upload', Drivers_install: 'driver install', Drivers_deleteVersion: 'driver delete-version', Drivers_pin: 'driver pin',
  DriverKeys_add: 'driver-key create', DriverRepositories_add: 'driver-repository create', DriverRepositories_search: 'driver-repository search',
  Grades_grade: 'driver grade', Grades_add: 'driver-report create', Grades_list: 'driver-report list', Grades_show: 'driver-report show',
  SimulatedClouds_connect: 'simulated-cloud connect',
  Mci_plan: 'mci plan', Mci_vms: 'vm list', Mci_vm: 'vm show', Mci_act: 'mci act', Mci_scale: 'mci scale', Mci_privateKey: 'mci key', Mci_command: 'mci command', Mci_commandResults: 'mci results', Mci_commandLines: 'mci history',
};

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/s$/, '');
const isParameter = (segment: string): boolean => segment.startsWith('{');

/** The verb of an operation whose path ends with the thing itself. */
const OF_ONE: Record<string, string> = { GET: 'show', PATCH: 'update', PUT: 'set', DELETE: 'delete', POST: 'create' };
/** The verb of an operation whose path ends with many things. */
const OF_MANY: Record<string, string> = { GET: 'list', POST: 'create', PUT: 'set', PATCH: 'update', DELETE: 'clear' };

/** Noun and verb of an operation: chosen by hand, or read from its path. */
export function nameOf(id: string, method: string, path: string): { noun: string; verb: string } {
  const chosen = CHOSEN[id]?.split(' ');
  if (chosen) return { noun: chosen[0] as string, verb: chosen[1] as string };
  let segments = path.split('/').filter((segment) => segment !== '' && segment !== 'v1');
  if (segments.length > 2 && segments[0] === 'projects' && segments[1] === '{project}') segments = segments.slice(2);
  const words = segments.filter((segment) => !isParameter(segment));
  const noun = singular(words[0] ?? 'api');
  const last = segments.at(-1) ?? '';
  if (words.length <= 1) return { noun, verb: (isParameter(last) ? OF_ONE : OF_MANY)[method] as string };
  const rest = words.slice(1);
  // `/drivers/{driver}/activate` is a deed; `/things/{thing}/parts` are many, `/things/{thing}/parts/{part}` is one of them.
  if (!isParameter(last) && (method === 'GET' || (method === 'POST' && singular(last) === last))) return { noun, verb: rest.join('-') };
  return { noun, verb: `${(isParameter(last) ? OF_ONE : OF_MANY)[method]}-${rest.map(singular).join('-')}` };
}

/** `memoryMiBMin` becomes `memory-mib-min`. */
export const flagOf = (name: string): string =>
  name.replace(/([MGT])iB/g, (_, letter: string) => `${letter}ib`).replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
