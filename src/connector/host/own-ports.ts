import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { addressOf, isWithin, rangeOf } from './address.js';
import type { FenceRules } from './fence.js';

const POSTGRES_PORT = 5432;

/** Where the database listens, for the fence of drivers: on whatever address of this machine, or on those of another. Empty for one that listens in the file system alone, or whose name is not known. */
export async function databasePorts(url: string): Promise<FenceRules['own']> {
  const { hostname, port } = new URL(url);
  if (hostname === '') return [];
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const number = Number(port || POSTGRES_PORT);
  return found.map(({ address }) => (isHere(address) ? { port: number } : { port: number, address }));
}

function isHere(text: string): boolean {
  const address = addressOf(text);
  const here = ['127.0.0.0/8', '::1', ...Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address))];
  return address !== undefined && here.some((range) => { const parsed = rangeOf(range); return parsed !== undefined && isWithin(address, parsed); });
}
