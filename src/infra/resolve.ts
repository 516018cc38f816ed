import { type CatalogueImage, type CatalogueRegion, type CatalogueSpec, type ConnectionRef, type Connector } from '../connector/index.js';
import { type FieldProblem, Problem } from '../kernel/problem.js';
import { overlaps } from './cidr.js';
import type { CreateMci } from './http/mci.dto.js';
import type { Alternative } from './infra.entities.js';

/** A group of a request with every name looked up. */
export interface ResolvedGroup {
  input: CreateMci['groups'][number];
  connection: ConnectionRef;
  spec: CatalogueSpec;
  image: CatalogueImage;
  zone: string;
  alternatives: Alternative[];
}
/** A request with every name looked up. */
export interface ResolvedMci {
  groups: ResolvedGroup[];
  /** Asked ranges by `connection id/region`. */
  cidrs: Map<string, string>;
}

/** The range of a project's network in one place. */
export interface NetworkRange { connectionId: string; region: string; cidr: string }

type Wanted = Pick<CreateMci['groups'][number], 'connection' | 'region' | 'zone' | 'spec' | 'image'>;
type Found = Omit<ResolvedGroup, 'input' | 'alternatives'>;

/** Looks up connections, regions, zones, specs and images of one request; each lookup is made once. */
export class Resolver {
  private readonly connections = new Map<string, Promise<ConnectionRef | undefined>>();
  private readonly regions = new Map<string, Promise<CatalogueRegion[]>>();
  private readonly problems: FieldProblem[] = [];
  constructor(private readonly connector: Connector, private readonly workspaceId: string) {}

  /** @throws Problem INVALID_REQUEST with every field that names something unknown or unfitting. */
  async resolve(request: CreateMci, taken: readonly NetworkRange[]): Promise<ResolvedMci> {
    const groups: ResolvedGroup[] = [];
    for (const [index, input] of request.groups.entries()) {
      const found = await this.find(input, `groups[${index}]`);
      const alternatives: Alternative[] = [];
      for (const [position, alternative] of input.alternatives.entries()) {
        const { zone, connection, region, spec, image } = alternative;
        const other = await this.find({ connection: connection ?? input.connection, region: region ?? input.region, zone, spec: spec ?? input.spec, image: image ?? (typeof input.image === 'string' && (region ?? connection) ? await this.sameImage(input, connection ?? input.connection, region ?? input.region) : input.image) }, `groups[${index}].alternatives[${position}]`);
        if (other) alternatives.push({ connectionId: other.connection.id, region: other.spec.region, zone: other.zone, specId: other.spec.id, imageId: other.image.id, sshUser: other.image.sshUser, pricePerHour: other.spec.price?.perHour ?? null, currency: other.spec.price?.currency ?? null });
      }
      if (found) groups.push({ ...found, input, alternatives });
    }
    const cidrs = await this.ranges(request, groups, taken);
    if (this.problems.length > 0) throw new Problem('INVALID_REQUEST', this.problems.slice(0, 5).map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors: this.problems });
    return { groups, cidrs };
  }

  private async find(wanted: Wanted, field: string): Promise<Found | undefined> {
    try {
      return await this.look(wanted, field);
    } catch (error) {
      // A connection may go while what it has is looked up.
      if (!(error instanceof Problem && error.code === 'NOT_FOUND')) throw error;
      return void this.problems.push({ field: `${field}.connection`, rule: `the connection "${wanted.connection}" was deleted just now`, help: 'GET /v1/connections lists those that there are' });
    }
  }

  private async look(wanted: Wanted, field: string): Promise<Found | undefined> {
    const refuse = (part: string, rule: string, help: string): undefined => void this.problems.push({ field: `${field}.${part}`, rule, help });
    const connection = await this.connection(wanted.connection);
    if (!connection) return refuse('connection', `there is no connection "${wanted.connection}" in this workspace`, 'GET /v1/connections lists them; POST /v1/connections makes one');
    const regions = await this.regionsOf(connection.id);
    const region = regions.find((item) => item.id === wanted.region);
    if (!region) return refuse('region', `the connection "${connection.name}" has no region "${wanted.region}"`, near(wanted.region, regions.map((item) => item.id)));
    if (wanted.zone !== undefined && !region.zones.some((zone) => zone.id === wanted.zone)) return refuse('zone', `the region "${region.id}" has no zone "${wanted.zone}"`, `its zones are ${region.zones.map((zone) => zone.id).join(', ') || 'not told'}`);
    const spec = await this.connector.findSpec(connection.id, region.id, wanted.spec);
    if (!spec) return refuse('spec', `the region "${region.id}" of "${connection.name}" has no spec "${wanted.spec}"`, `GET /v1/specs?connection=${connection.name}&region=${region.id} lists them; if the list is empty, POST /v1/connections/${connection.id}/sync reads it`);
    if (wanted.zone !== undefined && spec.zones && !spec.zones.includes(wanted.zone)) return refuse('zone', `the spec "${spec.id}" is not offered in the zone "${wanted.zone}"`, `it is offered in ${spec.zones.join(', ')}`);
    const { image: choice } = wanted;
    const image = typeof choice === 'string'
      ? await this.connector.findImage(connection.id, region.id, choice)
      : await this.connector.pickImage(connection.id, region.id, { osFamily: choice.osFamily, ...(choice.osVersion && { osVersion: choice.osVersion }), architecture: spec.architecture });
    if (!image) return refuse('image', typeof choice === 'string' ? `the region "${region.id}" of "${connection.name}" has no image "${choice}"` : `no ${choice.osFamily} ${choice.osVersion ?? ''} image for ${spec.architecture} is known in "${region.id}" of "${connection.name}"`, `GET /v1/images?connection=${connection.name}&region=${region.id} lists them`);
    if (image.architecture !== spec.architecture) return refuse('image', `the image is for ${image.architecture}, but the spec "${spec.id}" is ${spec.architecture}`, `choose an image or a spec of one architecture`);
    return { connection, spec, image, zone: wanted.zone ?? '' };
  }

  /** An image id holds in one region; elsewhere the newest of the same system is meant. */
  private async sameImage(input: Wanted, connectionName: string, region: string): Promise<Wanted['image']> {
    if (connectionName === input.connection && region === input.region) return input.image;
    const connection = await this.connection(input.connection);
    const image = connection && (await this.connector.findImage(connection.id, input.region, input.image as string));
    return image ? { osFamily: image.osFamily, osVersion: image.osVersion } : input.image;
  }

  private async ranges(request: CreateMci, groups: readonly ResolvedGroup[], taken: readonly NetworkRange[]): Promise<Map<string, string>> {
    const cidrs = new Map<string, string>();
    for (const [index, { connection: name, region, cidr }] of request.networks.entries()) {
      const field = `networks[${index}]`;
      const connection = await this.connection(name);
      if (!connection || !groups.some((group) => group.connection.id === connection.id && group.spec.region === region)) {
        this.problems.push({ field, rule: 'must name a connection and region of a group', help: 'leave it out where no VM is made' });
        continue;
      }
      const asked = [...cidrs].map(([key, value]) => ({ connectionId: key.slice(0, key.indexOf('/')), region: key.slice(key.indexOf('/') + 1), cidr: value }));
      const problem = rangeProblem({ connectionId: connection.id, region, cidr }, [...taken, ...asked]);
      if (problem) this.problems.push({ field: `${field}.cidr`, ...problem });
      else if (Number(cidr.split('/')[1]) > 24) this.problems.push({ field: `${field}.cidr`, rule: 'must be /24 or larger, so that subnets fit', help: 'e.g. 10.20.0.0/16' });
      else cidrs.set(`${connection.id}/${region}`, cidr);
    }
    return cidrs;
  }

  private connection(reference: string): Promise<ConnectionRef | undefined> {
    const known = this.connections.get(reference);
    if (known) return known;
    const asked = this.connector.resolveConnection({ workspaceId: this.workspaceId }, reference).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    this.connections.set(reference, asked);
    return asked;
  }

  private regionsOf(connectionId: string): Promise<CatalogueRegion[]> {
    const known = this.regions.get(connectionId) ?? this.connector.regions(connectionId);
    this.regions.set(connectionId, known);
    return known;
  }
}

/** Why a project may not have a network of this range, given those that it has or will have. */
export function rangeProblem(asked: NetworkRange, taken: readonly NetworkRange[]): Omit<FieldProblem, 'field'> | undefined {
  const here = taken.find((other) => other.connectionId === asked.connectionId && other.region === asked.region);
  if (here) return here.cidr === asked.cidr ? undefined : { rule: `the project has a network ${here.cidr} there already`, help: `leave the range out to share it, or ask for ${here.cidr}` };
  const other = taken.find((item) => overlaps(item.cidr, asked.cidr));
  return other && { rule: `overlaps ${other.cidr} of the project’s network in ${other.region}`, help: 'choose a range of its own, or leave it out to get a free one' };
}

/** A sentence with the names that are most like the one that was meant. */
function near(word: string, names: readonly string[]): string {
  const like = (name: string): number => [...word].filter((letter, index) => name[index] === letter).length;
  const best = [...names].sort((a, b) => like(b) - like(a)).slice(0, 3);
  return best.length > 0 ? `did you mean ${best.join(', ')}? GET /v1/regions lists all` : 'its regions are not read yet: POST /v1/connections/{id}/sync';
}
