import { createHash } from 'node:crypto';
import { badCombination, Ec2Error, invalidValue } from './errors.js';

/** What an action says about its pages. */
export interface PageRule {
  least: number;
  most: number;
  /** Where MaxResults is absent; `most` if not said. */
  usual?: number;
}

/** What a request says about its page. */
export interface PageInput { MaxResults?: number | undefined; NextToken?: string | undefined }

/**
 * Cuts one page out of all items, in the order of their keys. The token holds the last item's key and a mark of the request that it belongs to,
 * so a reader who deletes what each page gave still meets every other item.
 * @throws Ec2Error InvalidParameterValue, InvalidParameterCombination (ids with MaxResults), InvalidPaginationToken.
 */
export function page<T>(items: T[], keyOf: (item: T) => string, input: PageInput, rule: PageRule, ids?: { name: string; given: unknown[] | undefined }): { items: T[]; NextToken?: string } {
  checkPage(input, rule, ids);
  const mark = markOf(input);
  const after = input.NextToken ? readToken(input.NextToken, mark) : undefined;
  const sorted = items.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after);
  const cut = rest.slice(0, input.MaxResults ?? rule.usual ?? rule.most);
  const found = cut.map(({ item }) => item);
  return cut.length < rest.length ? { items: found, NextToken: Buffer.from(JSON.stringify([mark, cut.at(-1)!.key])).toString('base64url') } : { items: found };
}

/** What is wrong with a page is said before an id is looked for. @throws Ec2Error InvalidParameterValue, InvalidParameterCombination. */
export function checkPage(input: PageInput, rule: PageRule, ids?: { name: string; given: unknown[] | undefined }): void {
  const size = input.MaxResults;
  if (size !== undefined && ids?.given?.length) throw badCombination(`The parameter ${ids.name} cannot be used with the parameter maxResults`);
  if (size !== undefined && (!Number.isInteger(size) || size < rule.least || size > rule.most)) {
    throw invalidValue(`Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${rule.least} and ${rule.most}.`);
  }
}

function readToken(token: string, mark: string): string {
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(read) && read[0] === mark && typeof read[1] === 'string') return read[1];
  } catch { /* Not one of ours: refused below. */ }
  throw new Ec2Error('InvalidPaginationToken', 'The specified pagination token is not valid or is expired');
}

const markOf = (input: PageInput): string =>
  createHash('sha256').update(JSON.stringify(Object.entries(input).filter(([name]) => name !== 'NextToken' && name !== 'MaxResults'))).digest('hex').slice(0, 12);
