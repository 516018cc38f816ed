import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** URL of the cluster that the whole test run shares (`test/support/setup.ts` starts it). */
function clusterUrl(): string {
  const url = process.env.MCMP_TEST_DATABASE_URL;
  if (!url) throw new Error('MCMP_TEST_DATABASE_URL is missing: tests run by jest, whose global set-up starts PostgreSQL');
  return url;
}

async function onCluster(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** An empty database of its own on the run's real PostgreSQL; `drop` ends its connections and removes it. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onCluster(`CREATE DATABASE ${name}`);
  const url = new URL(clusterUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onCluster(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
