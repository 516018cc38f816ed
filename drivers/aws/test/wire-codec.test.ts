import * as client from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { ec2Actions } from '../wire/actions/index.js';
import { matcher } from '../wire/filters.js';
import { derivedId, ownerId } from '../wire/ids.js';
import { readModel } from '../wire/model.js';
import { page } from '../wire/pages.js';
import { decodeQuery } from '../wire/query.js';
import { verifySignature, type SignatureError, type SignedRequest } from '../wire/sigv4.js';
import { ec2Answer } from '../wire/xml.js';

const model = readModel({ ...client });

describe('the model that the SDK carries', () => {
  it.each([...ec2Actions.keys()])('knows %s and every member that the wire says it honours', (name) => {
    const action = ec2Actions.get(name)!, members = model.find(name)!.input.members;
    expect([...action.honours, ...action.accepts].filter((member) => !members.has(member))).toEqual([]);
  });

  it('tells idempotency tokens, required members and names on the wire', () => {
    expect([model.find('RunInstances')!.tokenMember, model.find('CreateVolume')!.tokenMember, model.find('CreateVpc')!.tokenMember]).toEqual(['ClientToken', 'ClientToken', undefined]);
    const { input } = model.find('RunInstances')!;
    expect([...input.members.values()].filter((member) => member.required).map((member) => member.name)).toEqual(['MaxCount', 'MinCount']);
    expect([input.members.get('SecurityGroupIds')!.queryName, input.members.get('TagSpecifications')!.queryName, input.members.get('DryRun')!.queryName]).toEqual(['SecurityGroupId', 'TagSpecification', 'DryRun']);
    expect(model.find('constructor')).toBeUndefined();
  });

  it('decodes lists in the order of their numbers', () => {
    const values = Array.from({ length: 11 }, (_, index) => [`Filter.1.Value.${11 - index}`, String(11 - index)] as [string, string]);
    const input = decodeQuery(model.find('DescribeVpcs')!, [['Filter.1.Name', 'vpc-id'], ...values]);
    expect(input).toEqual({ Filters: [{ Name: 'vpc-id', Values: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'] }] });
  });

  it('refuses to send an answer that it does not describe', () => {
    const { output } = model.find('DescribeVpcs')!;
    expect(() => ec2Answer('DescribeVpcs', output, { Vpcs: [{ VpcId: 'vpc-1', Colour: 'blue' }] }, 'r')).toThrow('the model of Vpc has no member Colour');
    expect(() => ec2Answer('DescribeVpcs', output, { Vpcs: [{ IsDefault: 'no' }] }, 'r')).toThrow('the model wants a boolean');
    expect(ec2Answer('DescribeVpcs', output, { Vpcs: [{ VpcId: '<&\u0001>' }] }, 'r')).toContain('<vpcSet><item><vpcId>&lt;&amp;&gt;</vpcId></item></vpcSet>');
    expect(ec2Answer('DeleteVpc', model.find('DeleteVpc')!.output, {}, 'r')).toContain('<requestId>r</requestId><return>true</return>');
  });
});

describe('signature version 4', () => {
  /** AWS's own test suite for the algorithm: `get-vanilla`, `get-vanilla-query-order-key-case`, `post-x-www-form-urlencoded`. */
  const scope = 'Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const at = Date.parse('2015-08-30T12:36:00Z');
  const secret = { account: 'example', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const verify = (request: SignedRequest, nowMs = at): unknown => {
    try {
      return verifySignature(request, { accountOf: (key) => (key === 'AKIDEXAMPLE' ? secret : undefined), isExpired: () => false }, nowMs);
    } catch (error) {
      return (error as SignatureError).fault;
    }
  };
  const signed = (method: string, url: string, headers: Record<string, string>, names: string, signature: string, body = ''): SignedRequest => ({
    method, url, body: Buffer.from(body), headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', ...headers, authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=${names}, Signature=${signature}` },
  });
  const vanilla = signed('GET', '/', {}, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');

  it.each([
    ['get-vanilla', vanilla],
    ['get-vanilla-query-order-key-case', signed('GET', '/?Param2=value2&Param1=value1', {}, 'host;x-amz-date', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500')],
    ['post-x-www-form-urlencoded', signed('POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, 'content-type;host;x-amz-date', 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a', 'Param1=value1')],
  ])('takes the published example %s', (_, request) => {
    expect(verify(request)).toEqual({ account: 'example', accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1', service: 'service' });
  });

  it.each<[string, SignedRequest, number?]>([
    ['mismatch', { ...vanilla, body: Buffer.from('changed') }], ['mismatch', { ...vanilla, url: '/?a=b' }], ['mismatch', { ...vanilla, method: 'POST' }], ['mismatch', { ...vanilla, headers: { ...vanilla.headers, host: 'other.amazonaws.com' } }],
    ['expired', vanilla, at + 301_000], ['expired', vanilla, at - 301_000], ['incomplete', { ...vanilla, headers: { ...vanilla.headers, 'x-amz-security-token': 'unsigned' } }],
    ['incomplete', { ...vanilla, headers: { ...vanilla.headers, authorization: 'Bearer token' } }], ['missing', { ...vanilla, headers: {} }],
    ['unknown-key', { ...vanilla, headers: { ...vanilla.headers, authorization: vanilla.headers.authorization!.replace('AKIDEXAMPLE', 'AKIDOTHER') } }],
  ])('refuses: %s', (fault, request, nowMs = at) => {
    expect(verify(request, nowMs)).toBe(fault);
  });
});

describe('filters, pages and derived ids', () => {
  it.each([
    ['web-*', 'web-12', true], ['web-?', 'web-12', false], ['WEB-12', 'web-12', false], ['a.c', 'abc', false], ['\\*', '*', true], ['\\*', 'x', false], ['*', '', true],
  ])('the pattern %s on %s: %s', (pattern, text, expected) => {
    expect(matcher([{ Name: 'name', Values: [pattern] }], { name: (item: string) => item })(text)).toBe(expected);
  });

  it('needs one value of each filter', () => {
    const fits = matcher([{ Name: 'name', Values: ['a', 'b'] }, { Name: 'tag:k', Values: ['1'] }], { name: (item: { name: string; tags: client.Tag[] }) => item.name }, (item) => item.tags);
    expect([['a', '1'], ['b', '1'], ['c', '1'], ['a', '2']].map(([name, Value]) => fits({ name: name!, tags: [{ Key: 'k', Value: Value! }] }))).toEqual([true, true, false, false]);
  });

  it('takes a page token only for the request that it was given to', () => {
    const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g'], rule = { least: 2, most: 5 };
    const first = page(items, (item) => item, { MaxResults: 3 }, rule);
    expect(page(['a', 'd', 'g'], (item) => item, { MaxResults: 3, NextToken: first.NextToken }, rule)).toEqual({ items: ['d', 'g'] });
    const other = { MaxResults: 3, NextToken: first.NextToken, Filters: [{ Name: 'x' }] };
    expect(() => page(items, (item) => item, other, rule)).toThrow('pagination token');
  });

  it('leads back from a derived id to its owner', () => {
    const vm = 'i-0123456789abcdef0';
    expect(derivedId('rootVolume', vm)).toMatch(/^vol-[0-9a-f]{17}$/);
    expect([ownerId('rootVolume', derivedId('rootVolume', vm)), ownerId('interface', derivedId('interface', vm))]).toEqual([vm, vm]);
    expect(derivedId('mainAssociation', 'rtb-0abc')).not.toBe(derivedId('subnetAssociation', 'subnet-0abc'));
  });
});
