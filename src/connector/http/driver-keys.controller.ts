import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import type { DriverKeyRow } from '../drivers/drivers.entities.js';
import { DriverKeys } from '../drivers/keys.js';
import { AddDriverKey, DriverKey, DriverKeyList, RevokeQuery } from './drivers.dto.js';
import { driverKeyExample } from './examples.js';

type Answer = z.infer<typeof DriverKey>;
const answer = ({ addedAt, versions, ...row }: DriverKeyRow & { versions: string[] }): Answer => ({ ...row, addedAt: addedAt.toISOString(), versions });

/** The keys whose signatures are believed. */
@Controller('v1/driver-keys')
export class DriverKeysController {
  constructor(@Inject(DriverKeys) private readonly keys: DriverKeys) {}

  @Get()
  @Permission('driver-key:read')
  @Answers(200, 'Lists the keys whose signatures of bundles are believed, with the versions that stand on each.', DriverKeyList, { items: [driverKeyExample], nextPageToken: null })
  async list(): Promise<z.infer<typeof DriverKeyList>> {
    return { items: (await this.keys.list()).map(answer), nextPageToken: null };
  }

  @Post()
  @Permission('driver-key:create')
  @Answers(201, 'Believes the signatures of one more key.', DriverKey, { ...driverKeyExample, versions: [] })
  async add(@CurrentPrincipal() { userId }: Principal, @Body({ schema: AddDriverKey }) { title, publicKey }: z.infer<typeof AddDriverKey>): Promise<Answer> {
    return answer({ ...(await this.keys.add(title, publicKey, userId)), versions: [] });
  }

  @Delete(':key')
  @Permission('driver-key:delete')
  @HttpCode(204)
  @Answers(204, 'Takes trust from a key; refused while versions stand on it, unless `revoke=true`.')
  remove(@CurrentPrincipal() { userId }: Principal, @Param('key') keyId: string, @Query({ schema: RevokeQuery }) { revoke }: z.infer<typeof RevokeQuery>): Promise<void> {
    return this.keys.remove(keyId, revoke === 'true', userId);
  }
}
