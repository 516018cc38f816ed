import type { ConnectInput } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { hasCode, refusal, unanswered } from './errors.js';

/** One address of a service in one region. */
export interface CatalogEndpoint { region: string; interface: string; url: string }

/** What a sign-in gives: a token of one project, and the addresses of its services. */
export interface SignIn {
  token: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  projectId: string;
  projectName: string;
  userId: string;
  userName: string;
  /** Addresses by service type. */
  catalog: Map<string, CatalogEndpoint[]>;
}

/** A token is given back this long before its end, so that no call begins with one that ends under way. */
const EARLY_MS = 60_000;
const ID = /^([0-9a-f]{32}|default)$/;
const byNameOrId = (value: string): { id: string } | { name: string } => (ID.test(value) ? { id: value } : { name: value });

/** Keystone's sign-in address, from an `auth_url` with or without its version. */
export const authUrlOf = (endpoint: string): string => `${endpoint.replace(/\/+$/, '').replace(/\/v(2\.0|3)$/, '')}/v3/auth/tokens`;

/**
 * The body of Keystone's sign-in.
 * @throws DriverError INVALID_REQUEST that names the missing field.
 */
export function authOf(credential: ConnectInput['credential']): object {
  const { applicationCredentialId: id, applicationCredentialSecret: secret, username, password, userDomain, project, projectId, projectDomain } = credential;
  const missing = (field: string, why: string): DriverError => new DriverError('INVALID_REQUEST', why, { field: `credential.${field}` });
  if (id) {
    if (!secret) throw missing('applicationCredentialSecret', 'The secret of the application credential is missing.');
    // Belongs to one project already: Keystone refuses a scope beside it.
    return { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } } };
  }
  if (!username) throw missing('username', 'Give an application credential (ID and secret), or a user name with password and project.');
  if (!password) throw missing('password', 'The password is missing.');
  if (!project && !projectId) throw missing('project', 'Name the project to work in: without one a sign-in has no services.');
  const domain = byNameOrId(userDomain || 'default');
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
      scope: { project: projectId ? { id: projectId } : { name: project, domain: projectDomain ? byNameOrId(projectDomain) : domain } },
    },
  };
}

interface TokenBody {
  token: {
    expires_at: string; project?: { id: string; name: string }; user: { id: string; name: string };
    catalog?: { type: string; endpoints: { region_id?: string; region?: string; interface: string; url: string }[] }[];
  };
}

/** Signs in when first asked, again before a token ends, and once for all who wait. */
export class Identity {
  #current: { promise: Promise<SignIn>; expiresAt: number } | undefined;
  constructor(private readonly input: ConnectInput) {}

  /** The sign-in that holds now. @param refused the token that a service did not take: another one is fetched. */
  async get(signal: AbortSignal, refused?: string): Promise<SignIn> {
    const known = this.#current;
    if (known && Date.now() < known.expiresAt) {
      const now = await known.promise.catch((error: unknown) => {
        // The caller who began the sign-in gave up, not the cloud.
        if (signal.aborted || !hasCode(error, 'TIMEOUT')) throw error;
        return undefined;
      });
      if (now && now.token !== refused) return now;
    }
    if (this.#current !== known && this.#current) return this.get(signal, refused);
    const current = { promise: this.#signIn(signal), expiresAt: Number.POSITIVE_INFINITY };
    this.#current = current;
    try {
      const now = await current.promise;
      current.expiresAt = now.expiresAt - EARLY_MS;
      return now;
    } catch (error) {
      if (this.#current === current) this.#current = undefined;
      throw error;
    }
  }

  async #signIn(signal: AbortSignal): Promise<SignIn> {
    const operation = 'identity POST /auth/tokens';
    const body = JSON.stringify(authOf(this.input.credential));
    if (!this.input.endpoint) throw new DriverError('INVALID_REQUEST', 'The endpoint is missing: it is the auth_url of the cloud, e.g. https://cloud.example:5000/v3.', { field: 'endpoint' });
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(authUrlOf(this.input.endpoint), { method: 'POST', signal, headers: { 'content-type': 'application/json', accept: 'application/json' }, body });
      answer = parsed(await response.text());
    } catch (error) {
      throw unanswered(error, operation, signal);
    }
    if (!response.ok) {
      const error = refusal(operation, response.status, response.headers, answer);
      // An application credential that was deleted is not found, which is what a wrong credential is.
      throw error.code === 'NOT_FOUND' ? new DriverError('UNAUTHENTICATED', error.message, error.detail) : error;
    }
    const token = response.headers.get('x-subject-token');
    const { token: told } = (answer ?? {}) as Partial<TokenBody>;
    if (!token || !told?.user) throw new DriverError('UNSUPPORTED', `${operation}: the answer is not one of Keystone v3; is the endpoint the auth_url?`, { httpStatus: response.status, field: 'endpoint' });
    if (!told.project || !told.catalog) throw new DriverError('INVALID_REQUEST', 'The sign-in belongs to no project, so it has no services: name a project.', { field: 'credential.project' });
    const catalog = new Map<string, CatalogEndpoint[]>();
    for (const { type, endpoints } of told.catalog) {
      catalog.set(type, [...(catalog.get(type) ?? []), ...endpoints.map((item) => ({ region: item.region_id ?? item.region ?? '', interface: item.interface, url: item.url.replace(/\/+$/, '') }))]);
    }
    return { token, expiresAt: Date.parse(told.expires_at), projectId: told.project.id, projectName: told.project.name, userId: told.user.id, userName: told.user.name, catalog };
  }
}

/** JSON, or the text itself where it is none, or nothing. */
export function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
