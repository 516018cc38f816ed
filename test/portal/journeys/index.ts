import type { Journey } from '../harness.js';
import { connections } from './connections.js';
import { drivers } from './drivers.js';
import { expired } from './expired.js';
import { extreme } from './extreme.js';
import { groups } from './groups.js';
import { home } from './home.js';
import { make } from './make.js';
import { pages } from './pages.js';
import { run } from './run.js';
import { server } from './server.js';
import { session } from './session.js';
import { sources } from './sources.js';
import { trouble } from './trouble.js';
import { viewer } from './viewer.js';
import { watch } from './watch.js';

/** Every journey, in the order in which they are played; those that kill the server come last. */
export const JOURNEYS: readonly Journey[] = [session, expired, viewer, home, make, groups, pages, run, trouble, extreme, connections, drivers, sources, watch, server];
