import { QueryClient } from '@tanstack/react-query';
import { client } from '../generated/client.gen';
import { fetchRenewed } from './renew';

/** A refusal of the API (RFC 9457), or of the way to it (`code` UNREACHABLE). */
export interface ApiProblem {
  status: number; code: string; title: string; detail: string; requestId?: string; operationId?: string; errors?: { field: string; rule: string; help?: string }[];
  /** What the cloud itself said, where it was the cloud that refused. */
  cloud?: CloudSaid;
  /** What holds a thing that was to be deleted. */
  usedBy?: string[];
}
/** A refusal in the provider's own words. */
export interface CloudSaid { code: string; message: string; providerCode?: string; providerRequestId?: string; httpStatus?: number; at?: string }

/** What the portal throws where a call fails. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly problem: ApiProblem) {
    super(problem.detail);
  }
}

client.setConfig({ baseUrl: '', fetch: fetchRenewed, credentials: 'same-origin', responseStyle: 'data', throwOnError: true });
client.interceptors.error.use((error, response) => {
  if (!response) return new ApiError({ status: 0, code: 'UNREACHABLE', title: 'Unreachable', detail: error instanceof Error ? error.message : String(error) });
  const problem = typeof error === 'object' && error !== null && 'code' in error ? (error as ApiProblem) : { status: response.status, code: 'UNKNOWN', title: response.statusText, detail: typeof error === 'string' && error !== '' ? error.slice(0, 300) : `HTTP ${response.status}` };
  return new ApiError(problem);
});

/** What is worth asking again by itself: the way was broken, or the server was busy. */
const passing = (error: Error): boolean => error instanceof ApiError && (error.problem.status === 0 || error.problem.status === 503 || error.problem.status === 429);

/** Every answer that the portal keeps; keys begin with the noun, so that events can tell what became old. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (count, error) => passing(error) && count < 3, retryDelay: (count) => Math.min(1000 * 2 ** count, 8000), refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
