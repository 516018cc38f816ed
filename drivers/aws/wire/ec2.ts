import type { RegionView } from '../../simulator/world/types.js';
import { WorldError } from '../../simulator/world/types.js';
import type { Action } from './action.js';
import { ec2Actions } from './actions/index.js';
import { Ec2Error, invalidValue, notPlayed, toEc2Error } from './errors.js';
import type { Model } from './model.js';
import { decodeQuery } from './query.js';
import { CLOUD, reportBug, type Answer, type Service } from './service.js';
import { SignatureError, type SignatureFault } from './sigv4.js';
import { ec2Answer, ec2ErrorAnswer } from './xml.js';

const VERSION = '2016-11-15';
const XML = 'text/xml;charset=UTF-8';
const SIGNATURE_CODES: Record<SignatureFault, [code: string, status: number]> = {
  missing: ['MissingAuthenticationToken', 403], incomplete: ['IncompleteSignature', 400], 'unknown-key': ['AuthFailure', 401], mismatch: ['SignatureDoesNotMatch', 403], expired: ['RequestExpired', 400], ended: ['RequestExpired', 400],
};

/** EC2's query protocol: decoded, checked and encoded by the SDK's model, worked by the actions on the world. */
export const ec2Service = (model: Model): Service => ({
  name: 'ec2',
  async answer(world, request) {
    const parameters = new URLSearchParams(request.body.length ? request.body.toString('utf8') : request.query);
    const { action, operation } = find(model, parameters);
    const input = decodeQuery(operation, parameters);
    checkHonoured(action, input);
    const token = operation.tokenMember ? (input[operation.tokenMember] as string | undefined) : undefined;
     
    if (token !== undefined && !/^[\x21-\x7e]{1,64}$/.test(token)) throw invalidValue('Value for parameter clientToken is invalid. It must be 1 to 64 ASCII characters.');
    const { account, region } = request.caller;
    if (!world.personalities.get(CLOUD)?.regions.some((each) => each.id === region)) throw new Ec2Error('AuthFailure', `Credential should be scoped to a valid region, not '${region}'.`, 401, 'UNAUTHENTICATED');
    const call = { cloud: CLOUD, account, region, method: action.method, api: action.name, count: action.count(input), ...(token === undefined ? {} : { token }) };
    const work = (view: RegionView): Record<string, unknown> | undefined => (input.DryRun === true ? undefined : action.run(input, { view, account, region, now: world.now() }));
    const output = await world.call(call, work).catch((error: unknown) => {
      throw error instanceof WorldError ? toEc2Error(error, world.personalities.get(CLOUD), action.method) : error;
    });
    if (!output) throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    return { status: 200, contentType: XML, text: ec2Answer(action.name, operation.output, output, request.requestId) };
  },
  refuse,
});

function find(model: Model, parameters: URLSearchParams): { action: Action; operation: NonNullable<ReturnType<Model['find']>> } {
  const name = parameters.get('Action');
  if (!name) throw new Ec2Error('MissingAction', 'The request is missing an action');
  const operation = model.find(name);
  if (!operation) throw new Ec2Error('InvalidAction', `The action ${name} is not valid for this web service.`);
  const version = parameters.get('Version');
  if (version !== VERSION) throw new Ec2Error('NoSuchVersion', `The requested version (${version ?? ''}) of service AmazonEC2 does not exist; the box speaks ${VERSION}`);
  const action = ec2Actions.get(name);
  if (!action) throw notPlayed(`The cloud in a box does not play ${name}`);
  return { action, operation };
}

function checkHonoured(action: Action, input: Record<string, unknown>): void {
  const other = Object.keys(input).find((name) => name !== 'DryRun' && !action.honours.includes(name) && !action.accepts.includes(name));
  if (other) throw notPlayed(`The cloud in a box does not play the parameter ${other} of ${action.name}`);
}

function refuse(error: unknown, requestId: string): Answer {
  const say = (status: number, code: string, message: string): Answer => ({ status, contentType: XML, text: ec2ErrorAnswer(code, message, requestId) });
  if (error instanceof SignatureError) {
    const [code, status] = SIGNATURE_CODES[error.fault];
    return say(status, code, error.message);
  }
  if (error instanceof WorldError) {
    const { providerCode, message, status } = toEc2Error(error, undefined);
    return say(status, providerCode, message);
  }
  reportBug(error, requestId);
  return say(500, 'InternalError', 'An internal error has occurred');
}
