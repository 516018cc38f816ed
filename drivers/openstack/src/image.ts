import type { Image, ImageHandlers } from '@mcmp/driver-sdk';
import type { OpenStack } from './client.js';
import { listing, readPage } from './pages.js';

/** An image as Glance tells it; operators add properties such as `os_distro` beside its own. */
export interface GlanceImage {
  id: string;
  name: string | null;
  status: string;
  visibility: string;
  owner?: string;
  min_disk?: number;
  virtual_size?: number | null;
  created_at?: string;
  disk_format?: string | null;
  os_distro?: string;
  os_version?: string;
  os_type?: string;
  os_admin_user?: string;
  architecture?: string;
  hw_architecture?: string;
  image_type?: string;
  base_image_ref?: string;
}

/** Systems by Glance's `os_distro` or a word of the name, with the user of their cloud images as each distribution documents it. */
const SYSTEMS: [pattern: RegExp, osFamily: string, sshUser: string][] = [
  [/ubuntu/i, 'ubuntu', 'ubuntu'], [/debian/i, 'debian', 'debian'], [/rocky/i, 'rocky', 'rocky'], [/alma/i, 'almalinux', 'almalinux'], [/centos/i, 'centos', 'cloud-user'], [/rhel|red ?hat/i, 'rhel', 'cloud-user'], [/coreos|fcos/i, 'fedora-coreos', 'core'],
  [/fedora/i, 'fedora', 'fedora'], [/opensuse/i, 'opensuse', 'opensuse'], [/suse|sles/i, 'suse', 'ec2-user'], [/oracle/i, 'oracle', 'cloud-user'], [/arch/i, 'arch', 'arch'], [/flatcar/i, 'flatcar', 'core'], [/alpine/i, 'alpine', 'alpine'],
  [/freebsd/i, 'freebsd', 'freebsd'], [/cirros/i, 'cirros', 'cirros'], [/windows/i, 'windows', 'Admin'],
];
/** Kernels, installers and the like start no VM by themselves. */
const NOT_STARTABLE = ['aki', 'ari', 'iso'];

/** Images that this project may start from; those that somebody made of a VM are no public ones. */
export function images(cloud: OpenStack): ImageHandlers {
  return {
    async list(request, signal) {
      if (request.ids?.length === 0) return { items: [] };
      const door = await cloud.door('image', request.region, signal);
      // Glance reads commas in a list of ids as its own.
      const ids = request.ids ? { id: `in:${[...new Set(request.ids)].map((id) => id.replace(/[,"]/g, '')).join(',')}` } : {};
      const page = (query: { limit: number; marker?: string }) => listing<GlanceImage>(door, '/images', 'images', { ...query, status: 'active', sort: 'created_at:desc,id:desc', ...ids });
      return readPage(request, [page], ({ id }) => id, (rows) => rows.filter((image) => request.ids !== undefined || isPublic(image)).map((image) => toImage(image, request.region)));
    },
  };
}

const isPublic = (image: GlanceImage): boolean => !NOT_STARTABLE.includes(image.disk_format ?? '') && image.image_type !== 'snapshot' && image.base_image_ref === undefined;

export function toImage(image: GlanceImage, region: string): Image {
  const name = image.name || image.id;
  const distro = image.os_distro ?? '';
  const [, osFamily, user] = SYSTEMS.find(([pattern]) => pattern.test(distro)) ?? (distro === '' ? SYSTEMS.find(([pattern]) => pattern.test(`${name} ${image.os_type ?? ''}`)) : undefined) ?? [undefined, wordOf(distro) || 'linux', 'cloud-user'];
  const architecture = /aarch64|arm64/i.test(image.architecture ?? image.hw_architecture ?? '') ? 'arm64' : 'amd64';
  const disk = Math.max(image.min_disk ?? 0, Math.ceil((image.virtual_size ?? 0) / 2 ** 30));
  return {
    id: image.id, region, name, osFamily, osVersion: image.os_version ?? /(\d+(?:\.\d+)?)/.exec(name)?.[1] ?? '', architecture, sshUser: image.os_admin_user ?? user,
    ...(disk > 0 ? { minDiskGiB: disk } : {}), ...(image.created_at ? { createdAt: image.created_at } : {}), ...(image.owner ? { publisher: image.owner } : {}),
  };
}

const wordOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9-]/g, '-').replace(/^[^a-z]+/, '');
