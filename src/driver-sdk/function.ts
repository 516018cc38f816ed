import type { InRegion, Label } from './shapes.js';

/** A JSON Schema (draft 2020-12) as plain data; references stay within it. */
export type JsonSchema = Record<string, unknown>;

/** Something that this cloud can and no capability covers, declared in the manifest. It appears in the server's API while the driver is installed. */
export interface DriverFunction {
  /** `[a-z][a-zA-Z0-9]{0,59}`, e.g. `listReservedInstances`. */
  name: string;
  title: Label;
  description?: Label;
  /** True where it reads only, and so may be repeated. */
  read: boolean;
  input: JsonSchema;
  output: JsonSchema;
}

/** Capability `function`. */
export interface FunctionHandlers {
  /** Input fits the function's schema before the driver is asked; the host checks the output as well. NOT_FOUND for a name that the manifest does not have. */
  call(request: InRegion & { name: string; input: unknown }, signal: AbortSignal): Promise<{ output: unknown }>;
}
