import { WorldError } from '../../simulator/world/types.js';
import type { Model } from './model.js';
import { CLOUD, reportBug, type Answer, type Service } from './service.js';
import { SignatureError, type SignatureFault } from './sigv4.js';
import { encode, escapeXml } from './xml.js';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const ACTION = 'GetCallerIdentity';
const XML = 'text/xml';
const SIGNATURE_CODES: Record<SignatureFault, [code: string, status: number]> = {
  missing: ['MissingAuthenticationToken', 403], incomplete: ['IncompleteSignature', 400], 'unknown-key': ['InvalidClientTokenId', 403], mismatch: ['SignatureDoesNotMatch', 403], expired: ['SignatureDoesNotMatch', 403], ended: ['ExpiredToken', 403],
};

const WORLD_CODES: Partial<Record<WorldError['code'], [code: string, status: number]>> = { RATE_LIMITED: ['Throttling', 400], UNAUTHENTICATED: ['InvalidClientTokenId', 403], FORBIDDEN: ['AccessDenied', 403] };

/** Every key of the box belongs to a user of this name. */
export const principalOf = (account: string): string => `arn:aws:iam::${account}:user/cloud-in-a-box`;

/** Security Token Service: who the key is, in the query protocol. */
export const stsService = (model: Model): Service => ({
  name: 'sts',
  async answer(world, { caller, body, query, requestId }) {
    const parameters = new URLSearchParams(body.length ? body.toString('utf8') : query);
    const action = parameters.get('Action') ?? '';
    if (action !== ACTION) throw new StsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    const region = regionOf(world.personalities.get(CLOUD)?.regions ?? [], caller.region);
    const identity = await world.call({ cloud: CLOUD, account: caller.account, region, method: 'account.verify', api: ACTION }, () => ({
      UserId: caller.accessKeyId.replace(/^AKIA/, 'AIDA'), Account: caller.account, Arn: principalOf(caller.account),
    }));
    const result = encode(model.find(ACTION)!.output, identity, ACTION);
    return { status: 200, contentType: XML, text: `<${ACTION}Response xmlns="${NAMESPACE}"><${ACTION}Result>${result}</${ACTION}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${ACTION}Response>` };
  },
  refuse(error, requestId) {
    if (error instanceof SignatureError) return say(...SIGNATURE_CODES[error.fault], error.message, requestId);
    if (error instanceof StsError) return say(error.code, 400, error.message, requestId);
    if (error instanceof WorldError) return say(...(WORLD_CODES[error.code] ?? ['ServiceUnavailable', 503]), error.message, requestId);
    reportBug(error, requestId);
    return say('InternalFailure', 500, 'The request processing has failed because of an unknown error', requestId);
  },
});

class StsError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

const say = (code: string, status: number, message: string, requestId: string): Answer => ({
  status, contentType: XML,
  text: `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
});

/** STS and Pricing answer in places of their own; the world counts their calls in the caller's region, or the first one. */
export const regionOf = (regions: { id: string }[], asked: string): string => (regions.some((region) => region.id === asked) ? asked : (regions[0]?.id ?? asked));
