import type { Capability, Driver, Manifest, ResourceKind } from '@mcmp/driver-sdk';
import { defineDriver } from '@mcmp/driver-sdk';

/** The same manifest with these capabilities only, for a cloud at the other end that has no more. */
export function narrowed(manifest: Manifest, served: readonly Capability[]): Manifest {
  const { functions, ...rest } = manifest;
  return { ...rest, capabilities: manifest.capabilities.filter((capability) => served.includes(capability)), ...(functions && served.includes('function') && { functions }) };
}

/** The same driver with these capabilities only. */
export const narrow = (driver: Driver, served: readonly Capability[]): Driver => defineDriver({
  async connect(input) {
    const { traits, close, ...groups } = await driver.connect(input);
    const kept = Object.fromEntries(Object.entries(groups).filter(([capability]) => served.includes(capability as Capability)));
    const kinds = (named: ResourceKind[]): ResourceKind[] => named.filter((kind) => served.includes(kind));
    return { traits: { ...traits, idempotencyToken: kinds(traits.idempotencyToken), uniqueName: kinds(traits.uniqueName) }, ...(close && { close }), ...kept };
  },
});
