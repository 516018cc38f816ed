import { memoryBox } from '../memory/index.js';
import { CORE, CORE_MANIFEST, fail, manifest, methods, session } from './alter.js';
import type { Call, WrongDriver } from './alter.js';

const [key, secret] = CORE_MANIFEST.credential;
const without = (capability: string) => CORE_MANIFEST.capabilities.filter((name) => name !== capability);
const endless = new AbortController().signal;

/** Wrong manifests, and wrong answers of `connect`. */
export const wrongContracts: WrongDriver[] = [
  manifest('a member that nobody knows', ['manifest.members'], { colour: 'red' }),
  manifest('a name in capitals', ['manifest.name'], { name: 'Memory' }),
  manifest('a cloud of two words', ['manifest.cloud'], { cloud: 'my cloud' }),
  manifest('a version of two numbers', ['manifest.version'], { version: '1.0' }),
  manifest('a future SDK', ['manifest.sdk'], { sdk: 2 }),
  manifest('a title in Korean only', ['manifest.title'], { title: { ko: '메모리' } }),
  manifest('an entry outside the folder', ['manifest.entry'], { entry: '../dist/index.js' }),
  manifest('a capability twice', ['manifest.capabilities'], { capabilities: [...CORE_MANIFEST.capabilities, 'vm'] }),
  manifest('a field name with a space', ['manifest.field-names'], { credential: [{ ...key, name: 'the key' }, secret] }),
  manifest('a field without a label', ['manifest.field-labels'], { credential: [key, { ...secret, label: {} }] }),
  manifest('a field that is secret by word', ['manifest.field-marks'], { credential: [key, { ...secret, secret: 'yes' }] }),
  manifest('a default of a secret', ['manifest.field-values'], { credential: [key, { ...secret, default: 'changeme' }] }),
  manifest('an endpoint that may be', ['manifest.endpoint'], { endpoint: 'maybe' }),
  manifest('a function of a name in capitals', ['manifest.functions'], { functions: [{ name: 'MeasureText', title: { en: 'Measure' }, read: true, input: { type: 'object' }, output: {} }] }),
  manifest('a limit of a method that is none', ['manifest.limits'], { limits: [{ methods: ['vm.fly'], scope: 'region', burst: 5, perSecond: 1 }] }),
  manifest('a limit that counts bytes', ['manifest.limits'], { limits: [{ methods: ['vm.create'], scope: 'region', burst: 5, perSecond: 1, cost: 'bytes' as 'items' }] }),
  manifest('a deadline of a method that is none', ['manifest.deadlines'], { deadlinesMs: { 'vm.fly': 1_000 } }),
  {
    fault: 'VMs without subnets', caughtBy: ['manifest.builds-on'],
    options: () => ({ ...session('', [], (groups) => delete (groups as Partial<typeof groups>).subnet).options(), manifest: { ...CORE_MANIFEST, capabilities: without('subnet') } }),
  },
  {
    fault: 'a brand of another SDK', caughtBy: ['session.brand'],
    options: () => {
      const box = memoryBox({}, {}, CORE);
      return { ...box, driver: { ...box.driver, mcmpDriver: 2 as 1 } };
    },
  },
  { fault: 'a connect that fails', caughtBy: ['session.connect'], options: () => ({ ...memoryBox({}, {}, CORE), driver: { mcmpDriver: 1, connect: async () => fail('INVALID_REQUEST') } }) },
  session('a connect that calls the cloud', ['session.connect-quiet'], (groups) => groups.account.verify({}, endless).catch(() => undefined)),
  session('a declared group that is missing', ['session.declared'], (groups) => delete (groups as Partial<typeof groups>).quota),
  { fault: 'a group that is not declared', caughtBy: ['session.undeclared'], options: () => ({ ...memoryBox({}, {}, CORE), manifest: { ...CORE_MANIFEST, capabilities: without('quota') } }) },
  session('a method that is missing', ['session.methods'], ({ vm }) => delete (vm as Partial<typeof vm>).reboot),
  session('a method more', ['session.no-more-methods'], ({ vm }) => Object.assign(vm, { pause: async () => undefined })),
  session('a trait of a kind that is none', ['session.traits-kinds'], ({ traits }) => traits.idempotencyToken.push('planet' as 'vm')),
  session('a window that ended before it began', ['session.traits-window'], ({ traits }) => void (traits.consistencyWindowMs = -5)),
  session('a scope that is none', ['session.traits-scopes'], ({ traits }) => void (traits.networkScope = 'planet' as 'global')),
  session('a batch beyond the SDK', ['session.traits-batch'], ({ traits }) => void (traits.vmBatch = 2_000)),
  session('services that need no subnet', ['session.traits-services'], ({ traits }) => void (traits.subnetsForServices = 0)),
  session('a lack of what it never had', ['session.traits-lacks'], ({ traits }) => void (traits.lacks = ['planet' as 'vm'])),
  session('quotas in a cloud that lacks them', ['session.lacking'], (groups) => void (groups.quota = { list: async () => ({ items: [] }) }), { lacks: ['quota'] }),
  session('a trait more', ['session.traits-plain'], ({ traits }) => Object.assign(traits, { mood: 'calm' })),
  session('a close that throws the second time', ['session.close'], (groups) => {
    let closed = 0;
    groups.close = async () => void (closed++ > 0 && fail('UNAVAILABLE'));
  }),
  closesAll(),
  methods('a read that is never aborted', ['region.list'], ['session.abort-before', 'session.abort-during'], (original) => (request) => original(request, endless)),
  methods('a create that is never aborted', ['network.create'], ['session.abort-before-create'], (original) => (request) => original(request, endless)),
  methods('a read that hangs when it is aborted', ['region.list'], ['session.abort-during'], (original) => hangs(original)),
];

/** Closing one session breaks the next call of another, once. */
function closesAll(): WrongDriver {
  return {
    fault: 'a close that ends the other session too', caughtBy: ['session.independent'],
    options: () => {
      let state: 'open' | 'broken' | 'over' = 'open';
      return methods('', ['region.list'], [], (original, _box, _name, groups) => {
        groups.close = async () => void (state = state === 'open' ? 'broken' : 'over');
        return async (request, signal) => {
          if (state !== 'broken') return original(request, signal);
          state = 'over';
          return fail('UNAVAILABLE');
        };
      }).options();
    },
  };
}

/** Gives no answer at all once it is aborted on its way. */
const hangs = (original: Call): Call => async (request, signal) => {
  if (signal.aborted) return original(request, signal);
  const answer = await original(request, endless);
  return signal.aborted ? new Promise(() => undefined) : answer;
};
