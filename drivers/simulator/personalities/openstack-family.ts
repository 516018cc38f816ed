import type { Personality, PersonalityImage } from '../world/types.js';
import { digest, uuid } from './ids.js';
import { imagesOf } from './images.js';

/** Nova's words, with the task state after a plus while something runs. */
export const NOVA_STATES: Personality['vmStates'] = {
  creating: 'BUILD', running: 'ACTIVE', suspending: 'ACTIVE+powering-off', suspended: 'SHUTOFF', resuming: 'SHUTOFF+powering-on', rebooting: 'REBOOT', terminating: 'ACTIVE+deleting', terminated: 'DELETED', failed: 'ERROR',
};

/** Everything in OpenStack has a UUID. */
export const uuidOf: Personality['newId'] = (_kind, random) => uuid(random(32));

const USER: Record<string, string> = { ubuntu: 'ubuntu', debian: 'debian', rocky: 'rocky', rhel: 'cloud-user' };

/** Images with a UUID of their own in each region and the users of the distributions' cloud images; ids are invented. */
export const glanceImages = (cloud: string, publisher: string, options: { arm: boolean; families?: string[]; minDiskGiB?: number }): PersonalityImage[] =>
  imagesOf(options, ({ os, osFamily, osVersion, architecture }) => ({
    id: (region) => uuid(digest(`${cloud}/${region}/${os}/${architecture}`, 32)),
    name: `${osFamily}-${osVersion}-${architecture}`, sshUser: USER[osFamily] ?? 'cloud-user', publisher,
  }));
