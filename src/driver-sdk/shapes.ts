/** Labels on a cloud's resource. Keys are lower case `[a-z0-9-]`, values at most 63 of `[a-z0-9-_.]`, so that every cloud takes them. */
export type Tags = Record<string, string>;

/** Where a call works. Global things still name the region that is asked. */
export interface InRegion {
  /** The provider's own region id, e.g. `ap-northeast-2`. */
  region: string;
}

/** One page of a list; a driver pages for real and never reads everything behind one call. */
export interface PageRequest {
  /** Most items wanted, 1–1000; a driver may give fewer, never more. */
  pageSize?: number;
  /** `nextPageToken` of the page before. */
  pageToken?: string;
}

/** A page; the last one has no `nextPageToken`. */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** What every create carries. */
export interface CreateRequest extends InRegion {
  /** Deterministic name, unique per kind in its project: `[a-z][a-z0-9-]{0,61}`. */
  name: string;
  /** Idempotency token of at most 64 ASCII characters: the same token always means the same thing, in any process and at any time. */
  token: string;
  /** Owner tags; every list must be able to find the thing by them. */
  tags: Tags;
  /**
   * True where an earlier call of this token may have done all or part of it, and the consistency window has passed or does not matter: look for what is there (by token, name
   * or tags), finish it, and make only what is missing. A driver that looks each time, or whose cloud keeps tokens, may ignore it.
   */
  resume?: boolean;
}

/** Ids and tags narrow a list; both given means both must hold. An unknown id is left out and is no error. */
export interface ListRequest extends InRegion, PageRequest {
  ids?: string[];
  tags?: Tags;
}

/** One thing by its id. */
export interface ById extends InRegion {
  id: string;
}

/** What every resource of a cloud tells. */
export interface CloudResource {
  /** The provider's id, unique in its region and kind. */
  id: string;
  name: string;
  region: string;
  tags: Tags;
  /** The provider's own state word, unchanged. */
  providerState: string;
}

/** State of everything but VMs. An unknown provider state is `pending`, never `failed`. */
export type ResourceState = 'pending' | 'available' | 'in-use' | 'deleting' | 'failed';

/** CPU architecture in the words of the OCI image specification. */
export type Architecture = 'amd64' | 'arm64';

/** A text in the languages of the product; English is always there. */
export interface Label { en: string; ko?: string }
