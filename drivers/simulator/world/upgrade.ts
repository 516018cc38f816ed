/** The version of snapshots that this program writes. */
export const SNAPSHOT_VERSION = 2;

type Json = Record<string, unknown>;

/** What version 1 called otherwise: internet gateways were `gateway`, and a route named its gateway, or `local`, in one member. */
const RENAMED: Record<string, string> = { gateway: 'internet-gateway' };
const renamed = (kind: unknown): unknown => RENAMED[String(kind)] ?? kind;

function thingOf(thing: Json): Json {
  const attributes = thing.attributes as Json;
  const routes = (attributes.routes as { cidr: string; gatewayId?: string }[] | undefined)?.map(({ cidr, gatewayId }) => (gatewayId === 'local' ? { cidr, target: 'local' } : { cidr, target: 'internet-gateway', ...(gatewayId && { targetId: gatewayId }) }));
  return { ...thing, kind: renamed(thing.kind), attributes: { ...attributes, ...(routes && { routes }) } };
}

/** A saved state in the form of today. @throws Error for what is none, and for a version that this program does not know. */
export function upgraded(saved: unknown): unknown {
  const state = saved as Json | null;
  if (typeof state !== 'object' || state === null || !Array.isArray(state.things)) throw new Error('this is no state of the box');
  if (state.version === SNAPSHOT_VERSION) return state;
  if (state.version !== 1) throw new Error(`the state has version ${String(state.version)}, this program reads 1 to ${SNAPSHOT_VERSION}`);
  return {
    ...state, version: SNAPSHOT_VERSION, things: (state.things as Json[]).map(thingOf),
    due: (state.due as unknown[][]).map(([cloud, account, region, kind, ...rest]) => [cloud, account, region, renamed(kind), ...rest]),
    tokens: (state.tokens as [string, string, Json[]][]).map(([key, fingerprint, things]) => [key.replace('/gateway/', '/internet-gateway/'), fingerprint, things.map(thingOf)]),
  };
}
