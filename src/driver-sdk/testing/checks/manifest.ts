import { CAPABILITY_METHODS } from '../../capabilities.js';
import type { Capability } from '../../driver.js';
import type { Manifest, ManifestField } from '../../manifest.js';
import type { Label } from '../../shapes.js';
import { ensure, ensureNoTwin, show } from '../assert.js';
import type { Check } from '../context.js';

const MEMBERS = ['name', 'version', 'sdk', 'cloud', 'title', 'description', 'keywords', 'entry', 'capabilities', 'credential', 'options', 'endpoint', 'limits', 'deadlinesMs', 'functions'];
const FIELD_MEMBERS = ['name', 'label', 'help', 'secret', 'required', 'pattern', 'multiline', 'values', 'default'];
const FUNCTION_MEMBERS = ['name', 'title', 'description', 'read', 'input', 'output'];
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const CAPABILITIES = Object.keys(CAPABILITY_METHODS);
const METHODS = Object.entries(CAPABILITY_METHODS).flatMap(([capability, names]) => names.map((name) => `${capability}.${name.replace('?', '')}`));

/** What a capability is of no use without. */
export const BUILDS_ON: Partial<Record<Capability, Capability[]>> = {
  price: ['spec'], subnet: ['network'], 'security-group': ['network'], vm: ['spec', 'image', 'network', 'subnet', 'security-group', 'key-pair'], disk: ['vm'], 'public-ip': ['vm'],
  'network-interface': ['subnet', 'security-group', 'vm'], 'internet-gateway': ['network'], 'nat-gateway': ['subnet'], 'route-table': ['subnet'], 'vpn-gateway': ['network'], 'vpn-connection': ['vpn-gateway'],
  'placement-group': ['vm'], snapshot: ['disk'], 'custom-image': ['vm', 'image'], 'load-balancer': ['network', 'subnet', 'vm'], cluster: ['network', 'subnet'], 'node-group': ['cluster', 'spec'], object: ['bucket'],
  'file-system': ['network', 'subnet', 'security-group'], database: ['network', 'subnet', 'security-group'], 'dns-record': ['dns-zone'],
};

const fieldsOf = (manifest: Manifest): ManifestField[] => [...manifest.credential, ...(manifest.options ?? [])];
const hasEnglish = (label: Label | undefined): boolean => typeof label?.en === 'string' && label.en.trim() !== '';

/** Whether a pattern such as `vm.create`, `vm.*`, `*.list` or `*` fits at least one method of the SDK. */
function fitsSomething(pattern: string): boolean {
  const [capability, name] = pattern.split('.');
  return pattern === '*' || METHODS.some((method) => (capability === '*' || method.startsWith(`${capability}.`)) && (name === '*' || method.endsWith(`.${name}`)));
}

const check = (what: string, sentence: string, test: (manifest: Manifest) => void): Check => ({ id: `manifest.${what}`, capability: 'manifest', sentence, run: (context) => test(context.manifest) });

/** `driver.json` is well formed. None of these calls the driver. */
export const manifestChecks: Check[] = [
  check('members', 'has no member that the SDK does not know', (manifest) => {
    const unknown = [...Object.keys(manifest).filter((member) => !MEMBERS.includes(member)), ...fieldsOf(manifest).flatMap((field) => Object.keys(field).filter((member) => !FIELD_MEMBERS.includes(member)))];
    ensure(unknown.length === 0, `unknown: ${unknown.join(', ')}`);
  }),
  check('name', 'has a name of [a-z][a-z0-9-]{1,30}', ({ name }) => ensure(/^[a-z][a-z0-9-]{1,30}$/.test(name), `the name is ${show(name)}`)),
  check('cloud', 'names its cloud in one word', ({ cloud }) => ensure(/^[a-z][a-z0-9-]{0,30}$/.test(cloud), `the cloud is ${show(cloud)}`)),
  check('version', 'has a semantic version', ({ version }) => ensure(SEMVER.test(version), `the version is ${show(version)}`)),
  check('sdk', 'is made for this SDK', ({ sdk }) => ensure(sdk === 1, `sdk is ${show(sdk)}, this is 1`)),
  check('title', 'has an English title', ({ title }) => ensure(hasEnglish(title), `the title is ${show(title)}`)),
  check('entry', 'has its entry within its own folder', ({ entry }) => {
    ensure(/^[\w./-]+\.m?js$/.test(entry) && !entry.startsWith('/') && !entry.split('/').includes('..'), `the entry is ${show(entry)}`);
  }),
  check('capabilities', 'lists capabilities of the SDK, each once', ({ capabilities }) => {
    ensure(capabilities.length > 0, 'no capability is listed');
    for (const capability of capabilities) ensure(CAPABILITIES.includes(capability), `${show(capability)} is none`);
    ensureNoTwin(capabilities, 'capabilities');
  }),
  check('builds-on', 'lists with each capability those that it builds on', ({ capabilities }) => {
    for (const capability of capabilities) {
      for (const needed of BUILDS_ON[capability] ?? []) ensure(capabilities.includes(needed), `${capability} is of no use without ${needed}`);
    }
  }),
  check('field-names', 'names each credential and option field once', (manifest) => {
    for (const { name } of fieldsOf(manifest)) ensure(/^[a-zA-Z][a-zA-Z0-9]*$/.test(name), `${show(name)} is no field name`);
    ensureNoTwin(manifest.credential.map((field) => field.name), 'credential');
    ensureNoTwin((manifest.options ?? []).map((field) => field.name), 'options');
  }),
  check('field-labels', 'labels each field in English', (manifest) => {
    for (const field of fieldsOf(manifest)) ensure(hasEnglish(field.label) && (field.help === undefined || hasEnglish(field.help)), `${field.name} has no English label or help`);
  }),
  check('field-marks', 'says of each field whether it is secret and whether it is required', (manifest) => {
    for (const field of fieldsOf(manifest)) ensure(typeof field.secret === 'boolean' && typeof field.required === 'boolean', `${field.name}: secret is ${show(field.secret)}, required is ${show(field.required)}`);
  }),
  check('field-values', 'gives patterns that compile, and defaults that are allowed and never of a secret', (manifest) => {
    for (const { name, pattern, values, secret, default: preset } of fieldsOf(manifest)) {
      if (pattern !== undefined) ensure(compiles(pattern), `${name}: ${show(pattern)} is no regular expression`);
      if (values !== undefined) ensure(values.length > 0, `${name}: values is empty`);
      if (preset === undefined) continue;
      ensure(!secret, `${name}: a secret has no default`);
      ensure(values === undefined || values.includes(preset), `${name}: the default ${show(preset)} is not among the values`);
      ensure(pattern === undefined || new RegExp(`^(?:${pattern})$`).test(preset), `${name}: the default ${show(preset)} does not fit the pattern`);
    }
  }),
  check('endpoint', 'says whether a connection may name a base URL', ({ endpoint }) => ensure(['optional', 'required', 'none'].includes(endpoint), `endpoint is ${show(endpoint)}`)),
  check('limits', 'limits methods of the SDK, with a burst of at least 1 and a refill above 0', ({ limits }) => {
    for (const { methods, scope, burst, perSecond, cost } of limits) {
      for (const pattern of methods) ensure(fitsSomething(pattern), `${show(pattern)} fits no method`);
      ensure(methods.length > 0 && ['account', 'region'].includes(scope), `the limit of ${show(methods)} has the scope ${show(scope)}`);
      ensure(cost === undefined || ['calls', 'items'].includes(cost), `the limit of ${show(methods)} counts ${show(cost)}`);
      ensure(burst >= 1 && perSecond > 0 && Number.isFinite(burst) && Number.isFinite(perSecond), `the limit of ${show(methods)} is ${show(burst)} at once and ${show(perSecond)} per second`);
    }
  }),
  check('functions', 'declares its own functions with the capability, each once, titled in English and with schemas of objects', ({ capabilities, functions }) => {
    ensure(capabilities.includes('function') === (functions !== undefined && functions.length > 0), `functions is ${show(functions)}, and the capability function is ${capabilities.includes('function') ? '' : 'not '}listed`);
    for (const each of functions ?? []) {
      const unknown = Object.keys(each).filter((member) => !FUNCTION_MEMBERS.includes(member));
      ensure(unknown.length === 0, `${each.name}: unknown: ${unknown.join(', ')}`);
      ensure(/^[a-z][a-zA-Z0-9]{0,59}$/.test(each.name), `${show(each.name)} is no name of a function`);
      ensure(hasEnglish(each.title) && (each.description === undefined || hasEnglish(each.description)), `${each.name} has no English title or description`);
      ensure(typeof each.read === 'boolean', `${each.name}: read is ${show(each.read)}`);
      ensure(each.input?.type === 'object' && typeof each.output === 'object' && each.output !== null, `${each.name}: input and output are schemas, the input of an object`);
    }
    ensureNoTwin((functions ?? []).map(({ name }) => name), 'functions');
  }),
  check('deadlines', 'gives methods of the SDK deadlines of 100 ms to 1 hour', ({ deadlinesMs = {} }) => {
    for (const [pattern, ms] of Object.entries(deadlinesMs)) {
      ensure(fitsSomething(pattern), `${show(pattern)} fits no method`);
      ensure(Number.isInteger(ms) && ms >= 100 && ms <= 3_600_000, `the deadline of ${pattern} is ${show(ms)}`);
    }
  }),
];

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}
