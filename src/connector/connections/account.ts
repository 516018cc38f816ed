import type { ConnectionRow } from '../connector.entities.js';
import type { FieldValues } from './fields.js';

type Named = Pick<ConnectionRow, 'driver' | 'cloud' | 'endpoint' | 'accountId'>;

const place = ({ driver, cloud, endpoint }: Named): string => `${driver}|${cloud}|${endpoint === null ? '' : new URL(endpoint).href}`;

/** The cloud account that a connection is of: the same text for all connections to it, by which API budgets are kept. Undefined before the cloud has told it. */
export const knownAccount = (row: Named): string | undefined => (row.accountId === null ? undefined : `${place(row)}|${row.accountId}`);

/** Stands for the account while it is not known: connections with the same credential share it. `fingerprint` must be a one-way function with a key. */
export function guessedAccount(row: Named, credential: FieldValues, fingerprint: (plain: string) => string): string {
  const fields = Object.entries(credential).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${place(row)}|credential:${fingerprint(JSON.stringify(fields))}`;
}
