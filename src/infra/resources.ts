import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { CloudResource, ResourceState, Tags } from '@mcmp/driver-sdk';
import { type CloudSession, Connector } from '../connector/index.js';
import { Logger, Work, ofOperations, withLogContext } from '../platform/index.js';
import { Asked } from './asked.js';
import { hasCode, isFinal, toFailure } from './failures.js';
import { MciRow, ResourceRow } from './infra.entities.js';
import { Patience } from './patience.js';
import { Rows, TASK } from './rows.js';
import { UNSEEN_MS, endStrays, shownVms } from './strays.js';

/** After this time a create that the cloud never answers is given up and taken back. */
const GIVE_UP_MS = 15 * 60_000;
const SLICE_MS = 20_000;
/** From then on an operation says what a thing is still needed for. */
const TELL_MS = 10_000;

type Thing = CloudResource & { state: ResourceState };
type Again = { againInMs: number } | void;

const asked = new Asked();

/** Owner tags of a resource; by them it is found again whatever happened. */
export const ownerTags = (row: Pick<ResourceRow, 'id' | 'projectId' | 'mciId'>): Tags => ({ 'mcmp-project': row.projectId, 'mcmp-id': row.id, ...(row.mciId && { 'mcmp-mci': row.mciId }) });

/**
 * Makes and removes networks, subnets, security groups and key pairs, one row at a time: each run looks at the row and at the cloud and does
 * the next thing, so it may be cut off anywhere and begun again by anyone.
 */
@Injectable()
export class Resources implements OnModuleInit {
  private readonly patience: Patience;
  constructor(@Inject(Rows) private readonly rows: Rows, @Inject(Connector) private readonly connector: Connector, @Inject(Work) private readonly work: Work, @Inject(Logger) logger: Logger) {
    this.patience = new Patience(logger, TASK.resource);
  }

  onModuleInit(): void {
    this.work.handle(TASK.resource, async (id, { signal }) => withLogContext(ofOperations(await this.rows.operationsOn({ resourceId: id })), () => this.patience.run(id, () => this.run(id, signal))));
    this.work.sweep(TASK.resource, async () => (await this.rows.manager.query<{ id: string }[]>(`SELECT id FROM infra.resource WHERE state IN ('planned', 'creating', 'deleting')`)).map(({ id }) => id));
  }

  private async run(id: string, signal: AbortSignal): Promise<Again> {
    const row = await this.rows.resource(id);
    if (!row || row.state === 'available' || row.state === 'failed') return;
    return withLogContext({ connectionId: row.connectionId }, async () => {
      const session = await this.connector.session(row.connectionId);
      return row.state === 'deleting' ? this.remove(row, session, signal) : this.make(row, session, signal);
    });
  }

  private async make(row: ResourceRow, session: CloudSession, signal: AbortSignal): Promise<Again> {
    const network = row.networkId ? await this.rows.resource(row.networkId) : undefined;
    if (row.networkId && (network?.state === 'failed' || network?.state === 'deleting' || !network)) return this.fail(row, network?.failure ?? { code: 'NOT_FOUND', message: 'its network is gone' });
    if (row.networkId && network?.state !== 'available') return;
    const until = Date.now() + SLICE_MS;
    if (!row.cloudId) {
      const twice = !session.traits.idempotencyToken.includes(row.kind) && !session.traits.uniqueName.includes(row.kind);
      const mayBeUnseen = row.askedAt !== null && twice && asked.ageMs(row.id) < session.traits.consistencyWindowMs;
      // A network is made of several things: that one of them is seen says nothing of the last one.
      if (mayBeUnseen && (!(await this.findOurs(row, session, signal)) || row.kind === 'network')) return { againInMs: 500 };
      try {
        // Also where it was found: what was cut off half-way is finished by the driver, not taken as it lies.
        const thing = await this.create(row, session, network?.cloudId ?? undefined, row.askedAt !== null, signal).finally(() => asked.now(row.id));
        await this.save(row, { cloudId: thing.id });
      } catch (error) {
        const taken = hasCode(error, 'ALREADY_EXISTS') ? await this.findOurs(row, session, signal) : undefined;
        if (taken) await this.save(row, { cloudId: taken.id });
        else if (hasCode(error, 'NOT_FOUND', 'ALREADY_EXISTS') && Date.now() - row.createdAt.getTime() < session.traits.consistencyWindowMs + UNSEEN_MS) return { againInMs: 500 };
        else if (isFinal(error) || Date.now() - row.createdAt.getTime() > GIVE_UP_MS) return this.fail(row, toFailure(error));
        else throw error;
      }
    }
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.5, 2000)) {
      const thing = await this.look(row, session, signal);
      if (thing?.state === 'available' || thing?.state === 'in-use') break;
      if (thing?.state === 'failed') return this.fail(row, { code: 'UNKNOWN', message: `the cloud made it in the state "${thing.providerState}"` });
      if (!thing && asked.ageMs(row.id) > session.traits.consistencyWindowMs + UNSEEN_MS) return this.fail(row, { code: 'NOT_FOUND', message: 'the cloud made it, but does not show it' });
      if (Date.now() > until) return { againInMs: 0 };
      await delay(waitMs, undefined, { signal });
    }
    await this.save(row, { state: 'available', failure: null });
    await this.wakeAround(row);
  }

  /** The intent is written before the cloud is asked. */
  private async create(row: ResourceRow, session: CloudSession, networkId: string | undefined, resume: boolean, signal: AbortSignal): Promise<Thing> {
    await this.save(row, { state: 'creating', askedAt: row.askedAt ?? new Date() });
    const base = { region: row.callRegion, name: row.name, token: row.id, tags: ownerTags(row), ...(resume && { resume }) };
    const options = { signal, priority: 'provisioning' } as const;
    switch (row.kind) {
      case 'network':
        return session.call('network.create', { ...base, cidr: row.cidr as string }, options);
      case 'subnet':
        return session.call('subnet.create', { ...base, networkId: networkId as string, cidr: row.cidr as string, ...(row.zone && { zone: row.zone }) }, options);
      case 'security-group': {
        const mci = await this.mciOf(row);
        return session.call('security-group.create', { ...base, networkId: networkId as string, description: `M-CMP ${mci.name}`, rules: [...mci.access, { direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' }] }, options);
      }
      case 'key-pair':
        return session.call('key-pair.create', { ...base, publicKey: (await this.mciOf(row)).publicKey }, options);
    }
  }

  private mciOf(row: ResourceRow): Promise<MciRow> {
    return this.rows.manager.findOneByOrFail(MciRow, { id: row.mciId as string });
  }

  private async look(row: ResourceRow, session: CloudSession, signal: AbortSignal): Promise<Thing | undefined> {
    try {
      const thing = (await session.call(`${row.kind}.get`, { region: row.callRegion, id: row.cloudId as string }, { signal, priority: 'provisioning' })) as Thing;
      if (!row.seen) await this.save(row, { seen: true });
      return thing;
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  private async findOurs(row: ResourceRow, session: CloudSession, signal: AbortSignal): Promise<Thing | undefined> {
    const found = (await session.all(`${row.kind}.list`, { region: row.callRegion, tags: { 'mcmp-id': row.id } }, { signal, priority: 'provisioning' })) as Thing[];
    return found.find((thing) => thing.state !== 'deleting');
  }

  private async remove(row: ResourceRow, session: CloudSession, signal: AbortSignal): Promise<Again> {
    if (row.kind === 'network' && (await this.rows.manager.countBy(ResourceRow, { networkId: row.id })) > 0) return;
    const began = Date.now();
    const until = began + SLICE_MS;
    const options = { signal, priority: 'provisioning' } as const;
    for (let waitMs = 100; row.askedAt !== null; waitMs = Math.min(waitMs * 1.5, 3000)) {
      if (!row.cloudId) {
        const found = await this.findOurs(row, session, signal);
        if (found) await this.save(row, { cloudId: found.id });
        else if (asked.ageMs(row.id) > session.traits.consistencyWindowMs) break;
      }
      if (row.cloudId) {
        try {
          await session.call(`${row.kind}.delete`, { region: row.callRegion, id: row.cloudId }, options);
          if (!(await this.look(row, session, signal)) && (row.seen || asked.ageMs(row.id) > session.traits.consistencyWindowMs)) break;
        } catch (error) {
          if (isFinal(error)) {
            await this.note(row, error);
            return { againInMs: 15_000 };
          }
          if (!hasCode(error, 'IN_USE', 'CONFLICT')) throw error;
          if (Date.now() - began > TELL_MS && row.failure?.message !== toFailure(error).message) await this.note(row, error);
          if (row.mciId && row.kind === 'security-group') {
            const where = { mciId: row.mciId, region: row.callRegion };
            const refused = await shownVms(session, where, signal).then((shown) => endStrays(this.rows, session, where, shown, signal)).then(() => undefined, (thrown: unknown) => thrown);
            if (isFinal(refused)) {
              await this.note(row, refused);
              return { againInMs: 15_000 };
            }
            if (refused !== undefined) throw refused;
          }
        }
      }
      if (Date.now() > until) return { againInMs: 0 };
      await delay(waitMs, undefined, { signal });
    }
    await this.rows.manager.delete(ResourceRow, { id: row.id });
    await this.wakeAround(row);
  }

  /** Final: the places that wait for it take the failure over, and then have it taken back. */
  private async fail(row: ResourceRow, failure: NonNullable<ResourceRow['failure']>): Promise<void> {
    // What is on its way out already stays so.
    await this.rows.manager.query(`UPDATE infra.resource SET state = 'failed', failure = $2 WHERE id = $1 AND state <> 'deleting'`, [row.id, JSON.stringify(failure)]);
    await this.wakeAround(row);
  }

  /** Why it is still there, for the operation that waits for its end. */
  private async note(row: ResourceRow, error: unknown): Promise<void> {
    await this.save(row, { failure: toFailure(error) });
    if (row.mciId) await this.rows.wake(TASK.mci, [row.mciId]);
  }

  private async save(row: ResourceRow, change: Partial<ResourceRow>): Promise<void> {
    await this.rows.manager.update(ResourceRow, { id: row.id }, change as object);
    Object.assign(row, change);
  }

  private async wakeAround(row: ResourceRow): Promise<void> {
    const related: { id: string }[] = await this.rows.manager.query(`SELECT id FROM infra.resource WHERE network_id = $1 OR id = $2`, [row.id, row.networkId]);
    await this.rows.wake(TASK.resource, related.map(({ id }) => id));
    await this.rows.wake(TASK.place, await this.rows.placesOn(row));
  }
}
