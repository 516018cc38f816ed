import type { PersonalityImage } from '../world/types.js';

type Make = (image: { os: string; osFamily: string; osVersion: string; architecture: PersonalityImage['architecture'] }) => Pick<PersonalityImage, 'id' | 'name' | 'sshUser' | 'publisher'>;

/** Operating systems that most of the ten clouds offer: family, version, architectures, build date, smallest disk in GiB. */
const SYSTEMS = [
  { osFamily: 'ubuntu', osVersion: '24.04', architectures: ['amd64', 'arm64'], createdAt: '2026-11-03T00:00:00Z', minDiskGiB: 10 },
  { osFamily: 'ubuntu', osVersion: '22.04', architectures: ['amd64', 'arm64'], createdAt: '2026-10-27T00:00:00Z', minDiskGiB: 10 },
  { osFamily: 'debian', osVersion: '12', architectures: ['amd64', 'arm64'], createdAt: '2026-09-14T00:00:00Z', minDiskGiB: 10 },
  { osFamily: 'rocky', osVersion: '9', architectures: ['amd64', 'arm64'], createdAt: '2026-08-19T00:00:00Z', minDiskGiB: 10 },
  { osFamily: 'rhel', osVersion: '9', architectures: ['amd64'], createdAt: '2026-08-05T00:00:00Z', minDiskGiB: 20 },
] as const;

/** Images of a cloud in its own id format; clouds without Arm servers leave `arm64` out. Build dates are invented. */
export function imagesOf(options: { arm: boolean; families?: string[]; minDiskGiB?: number }, make: Make): PersonalityImage[] {
  return SYSTEMS.filter((system) => !options.families || options.families.includes(system.osFamily)).flatMap(({ architectures, ...system }) =>
    architectures.filter((architecture) => options.arm || architecture === 'amd64').map((architecture) => ({
      ...system, architecture, minDiskGiB: Math.max(system.minDiskGiB, options.minDiskGiB ?? 0),
      ...make({ ...system, os: `${system.osFamily}-${system.osVersion}`, architecture }),
    })));
}
