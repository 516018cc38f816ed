import type { Filter, Image as AwsImage } from '@aws-sdk/client-ec2';
import type { Image, ImageHandlers } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { architectureOf, filter, present } from './map.js';
import { LastPage, readPage, readPageOfIds } from './pages.js';

/** A family of images that a publisher names by a rule: how to ask for it, and how to read system and version off its name. */
interface Family {
  osFamily: string;
  sshUser: string;
  /** Account of the publisher; `amazon` is the alias of Amazon's own accounts. */
  owner: string;
  /** Patterns of EC2's name filter. */
  names: string[];
  /** Finds the version as its first group. */
  version: RegExp;
}

/** Publishers and naming rules as the distributions document them (Canonical, Debian wiki "Cloud/AmazonEC2Image", Rocky Linux cloud images, Amazon Linux user guides). */
const FAMILIES: Family[] = [
  { osFamily: 'ubuntu', sshUser: 'ubuntu', owner: '099720109477', names: ['ubuntu/images/hvm-ssd/ubuntu-*-server-*', 'ubuntu/images/hvm-ssd-gp3/ubuntu-*-server-*'], version: /^ubuntu\/images\/hvm-ssd(?:-gp3)?\/ubuntu-[a-z]+-(\d\d\.\d\d)-\w+-server-\d/ },
  { osFamily: 'debian', sshUser: 'admin', owner: '136693071363', names: ['debian-??-amd64-*', 'debian-??-arm64-*'], version: /^debian-(\d+)-(?:amd64|arm64)-\d/ },
  { osFamily: 'amazon', sshUser: 'ec2-user', owner: '137112412989', names: ['al2023-ami-2023*'], version: /^al(2023)-ami-2023/ },
  { osFamily: 'amazon', sshUser: 'ec2-user', owner: 'amazon', names: ['amzn2-ami-hvm-2.0*', 'amzn2-ami-kernel-5.10-hvm-2.0*'], version: /^amzn(2)-ami-(?:kernel-5\.10-)?hvm-2\.0/ },
  { osFamily: 'rocky', sshUser: 'rocky', owner: '792107900819', names: ['Rocky-*-EC2-Base-*'], version: /^Rocky-(\d+)-EC2-Base-/ },
];
/** Words by which an image of another owner tells its system. */
const WORDS: [pattern: RegExp, osFamily: string, sshUser: string][] = [
  [/ubuntu/i, 'ubuntu', 'ubuntu'], [/debian/i, 'debian', 'admin'], [/rocky/i, 'rocky', 'rocky'], [/alma/i, 'almalinux', 'ec2-user'], [/centos/i, 'centos', 'ec2-user'],
  [/rhel|red ?hat/i, 'rhel', 'ec2-user'], [/suse|sles/i, 'suse', 'ec2-user'], [/fedora/i, 'fedora', 'fedora'], [/amzn|al20\d\d|amazon/i, 'amazon', 'ec2-user'],
];

const STARTABLE: Filter[] = [filter('state', 'available'), filter('root-device-type', 'ebs'), filter('virtualization-type', 'hvm')];

/** Images that a person would start from: of each system, version and architecture the newest of a page of AWS. Option `imageOwners` asks for the images of other accounts instead. */
export function images(aws: Aws): ImageHandlers {
  const owners = (aws.input.options.imageOwners ?? '').split(',').map((owner) => owner.trim()).filter(Boolean);
  const last = new LastPage<Image>();
  return {
    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      if (request.ids) {
        return readPageOfIds(request, [5, 1000], async (query, ids) => {
          const { Images = [], NextToken } = await ec2.send(new ec2.DescribeImagesCommand({ ...query, Filters: [filter('image-id', ...ids!)] }));
          return { items: Images.flatMap((image) => toImage(image, request.region)), next: NextToken };
        });
      }
      return readPage(request, [1000, 1000], (query) => last.read(request.region, query, async () => {
        const { Images = [], NextToken } = await ec2.send(new ec2.DescribeImagesCommand(
          owners.length > 0
            ? { ...query, Owners: owners, Filters: STARTABLE }
            : { ...query, Owners: [...new Set(FAMILIES.map(({ owner }) => owner))], Filters: [...STARTABLE, { Name: 'name', Values: FAMILIES.flatMap(({ names }) => names) }] },
        ));
        const known = owners.length > 0 ? Images : Images.filter(({ Name = '' }) => familyOf(Name) !== undefined);
        return { items: newest(known.flatMap((image) => toImage(image, request.region))), next: NextToken };
      }));
    },
  };
}

const familyOf = (name: string): Family | undefined => FAMILIES.find(({ version }) => version.test(name));

/** @returns nothing for Windows, which takes no SSH key, and for architectures that we do not have. */
export function toImage(image: AwsImage, region: string): Image[] {
  const architecture = architectureOf([image.Architecture]);
  const name = image.Name ?? '';
  if (!image.ImageId || !architecture || /windows/i.test(`${image.Platform} ${image.PlatformDetails}`)) return [];
  const family = familyOf(name);
  const [, osFamily, sshUser] = family ? [undefined, family.osFamily, family.sshUser] : (WORDS.find(([pattern]) => pattern.test(name)) ?? [undefined, 'linux', 'ec2-user']);
  const osVersion = (family?.version ?? /(\d+(?:\.\d+)?)/).exec(name)?.[1] ?? '';
  const root = image.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === image.RootDeviceName) ?? image.BlockDeviceMappings?.[0];
  return [{
    id: image.ImageId, region, name, osFamily, osVersion, architecture, sshUser,
    ...present({ minDiskGiB: root?.Ebs?.VolumeSize, createdAt: isoOf(image.CreationDate), publisher: image.ImageOwnerAlias ?? image.OwnerId }),
  }];
}

/** The newest of each system, version and architecture, newest first; images of unknown rules all stay. */
export function newest(images: Image[]): Image[] {
  const sorted = [...images].sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '') || b.name.localeCompare(a.name));
  const seen = new Set<string>();
  return sorted.filter(({ id, name, osFamily, osVersion, architecture }) => {
    const key = familyOf(name) ? `${osFamily}/${osVersion}/${architecture}` : id;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function isoOf(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
