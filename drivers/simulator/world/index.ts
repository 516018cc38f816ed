import type { WorldOptions } from './engine.js';
import { BoxWorld } from './world.js';

export type { CallCount } from './call-log.js';
export { ManualClock, realClock } from './clock.js';
export type { Clock } from './clock.js';
export type { Shells, ShellVm } from './doors.js';
export type { Settings, WorldOptions } from './engine.js';
export type { Snapshot, TruthFilter } from './snapshot.js';
export { LostAnswer, WorldError } from './types.js';
export type * from './types.js';
export type { BoxWorld };

/** Makes a world: ten clouds with nothing in them. */
export const createWorld = (options: WorldOptions): BoxWorld => new BoxWorld(options);
