import { type ReadBundle, keyIdOf, verifyBundle } from '@mcmp/driver-sdk/bundle';
import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '../../kernel/problem.js';
import { Database } from '../../platform/index.js';
import { DriverBundleRow, DriverKeyRow } from './drivers.entities.js';
import { refusedBundle } from './refused.js';
import { audit } from './record.js';

/** Whose word a bundle stands on: a key, or the administrator who allowed it without. */
export type Trust = { keyId: string } | { allowedBy: string };

/** The public keys whose signatures are believed. */
@Injectable()
export class DriverKeys {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @throws Problem INVALID_REQUEST where it is no ed25519 public key, ALREADY_EXISTS. */
  async add(title: string, publicKey: string, by: string): Promise<DriverKeyRow> {
    const keyId = refusedBundle('INVALID_REQUEST', 'publicKey', () => keyIdOf(publicKey));
    return this.database.transaction(async (manager) => {
      const { identifiers } = await manager.createQueryBuilder().insert().into(DriverKeyRow).values({ keyId, title, publicKey, addedBy: by }).orIgnore().returning('key_id').execute();
      if (!identifiers[0]) throw new Problem('ALREADY_EXISTS', `The key ${keyId} is trusted already.`, { errors: [{ field: 'publicKey', rule: 'must be a new key' }] });
      await audit(manager, { who: by, what: 'key-added', detail: { keyId, title } });
      return manager.findOneByOrFail(DriverKeyRow, { keyId });
    });
  }

  /** All of them, with the versions that stand on each. */
  async list(): Promise<(DriverKeyRow & { versions: string[] })[]> {
    const keys = await this.database.dataSource.getRepository(DriverKeyRow).find({ order: { addedAt: 'ASC' } });
    const bundles = await this.database.dataSource.getRepository(DriverBundleRow).find({ order: { name: 'ASC', installedAt: 'ASC' } });
    return keys.map((key) => ({ ...key, versions: bundles.filter(({ keyId }) => keyId === key.keyId).map(({ name, version }) => `${name}@${version}`) }));
  }

  /**
   * Takes trust from a key. Versions that stand on it stay as they are, but are not activated any more without an administrator's word.
   * @throws Problem NOT_FOUND; IN_USE that names them, unless `revoke`.
   */
  async remove(keyId: string, revoke: boolean, by: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const key = await manager.findOne(DriverKeyRow, { where: { keyId }, lock: { mode: 'pessimistic_write' } });
      if (!key) throw new Problem('NOT_FOUND', `There is no key ${keyId.slice(0, 40)}; GET /v1/driver-keys lists them.`);
      const versions = (await manager.findBy(DriverBundleRow, { keyId })).map(({ name, version }) => `${name}@${version}`);
      if (versions.length > 0 && !revoke) throw new Problem('IN_USE', `The key ${keyId} stands behind ${versions.slice(0, 10).join(', ')}: delete these first, or repeat with revoke=true; they then run on, but are not activated again without allowUnsigned.`, { extra: { usedBy: versions } });
      await manager.delete(DriverKeyRow, { keyId });
      await audit(manager, { who: by, what: 'key-removed', detail: { keyId, title: key.title, versions } });
    });
  }

  /** Whose word a bundle stands on. @throws Problem UNPROCESSABLE where it is nobody's; a wrong signature of a trusted key is refused whatever is allowed. */
  async trust(bundle: ReadBundle, by: string, allowUnsigned: boolean): Promise<Trust> {
    const keys = await this.database.dataSource.getRepository(DriverKeyRow).find();
    const verdict = verifyBundle(bundle, keys);
    if ('keyId' in verdict) return verdict;
    const forged = keys.some(({ keyId }) => keyId === bundle.signature?.keyId);
    if (allowUnsigned && !forged) return { allowedBy: by };
    const help = forged ? 'take it from its author again' : bundle.signature ? 'add its key with POST /v1/driver-keys, or allow this bundle with allowUnsigned=true' : 'have it signed by a trusted key, or allow this bundle with allowUnsigned=true';
    throw new Problem('UNPROCESSABLE', `The bundle is refused: ${verdict.why}. ${help[0]?.toUpperCase()}${help.slice(1)}.`, { errors: [{ field: 'bundle.sig', rule: 'must be the signature of a trusted key', help }] });
  }
}
