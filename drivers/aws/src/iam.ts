import type { Tag } from '@aws-sdk/client-ec2';
import type { Service } from './client.js';
import { deleted, failedWith } from './errors.js';
import { each } from './listing.js';
import { hasToken, marked, toTags } from './map.js';
import { type ApiPage, type ApiQuery, readAll } from './pages.js';

export type Iam = Service<'iam'>;

/** Tags in the form of IAM, which wants both members. */
export const iamTags = (request: Parameters<typeof marked>[0] & { name: string }): { Key: string; Value: string }[] => toTags({ ...marked(request), Name: request.name }) as { Key: string; Value: string }[];

/** IAM pages by `Marker`; its pages may be short or empty before the end. */
export const markerOf = ({ MaxResults, NextToken }: ApiQuery): { MaxItems: number; Marker?: string } => ({ MaxItems: MaxResults, ...(NextToken !== undefined && { Marker: NextToken }) });
/** What IAM tells of the rest of a list. */
export const following = ({ IsTruncated, Marker }: { IsTruncated?: boolean; Marker?: string }): string | undefined => (IsTruncated ? Marker : undefined);

/** Reads the whole of a short list of IAM. */
export const whole = <T>(read: (marker: { MaxItems: number; Marker?: string }) => Promise<ApiPage<T>>): Promise<T[]> => readAll(100, (query) => read(markerOf(query)));

/**
 * Makes a user or role, or finds that an earlier call with this token made it: IAM keeps names unique and has no token.
 * @throws DriverError ALREADY_EXISTS for one of somebody else.
 */
export async function madeOnce(token: string, make: () => Promise<unknown>, look: () => Promise<Tag[] | undefined>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!failedWith(error, 'EntityAlreadyExists') || !hasToken(await look(), token)) throw error;
  }
}

/** Makes attached policies exactly these. */
export async function exactly(wanted: string[], attached: string[], attach: (arn: string) => Promise<unknown>, detach: (arn: string) => Promise<unknown>): Promise<void> {
  await each(wanted.filter((arn) => !attached.includes(arn)), attach);
  await each(attached.filter((arn) => !wanted.includes(arn)), (arn) => deleted(detach(arn)));
}

/** Most users or roles of a page, each of which costs three calls. */
export const PAGE_OF_IDENTITIES = 20;
