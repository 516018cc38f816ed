import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import { CurrentPrincipal, type Principal } from '../../iam/index.js';
import { Answers, Permission, TakesBytes, readBytes } from '../../platform/index.js';
import { DriverCatalog } from '../drivers/catalog.js';
import type { DriverAuditRow } from '../drivers/drivers.entities.js';
import { Drivers } from '../drivers/drivers.js';
import { DriverViews } from '../drivers/view.js';
import { DriverUpdateList, InstallDriver } from './driver-repositories.dto.js';
import { ActivateDriver, Driver, DriverDeed, DriverDeedPage, DriverList, PinDriver, UploadQuery } from './drivers.dto.js';
import { driverDeedExample, driverExample, driverUpdateExample } from './examples.js';

type Answer = z.infer<typeof Driver>;

/** Largest bundle that is taken. */
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

const deed = ({ at, ...row }: DriverAuditRow): z.infer<typeof DriverDeed> => ({ ...row, at: at.toISOString() });

/** Drivers: which there are, which version serves, and their life while the servers run. */
@Controller('v1/drivers')
export class DriversController {
  constructor(@Inject(Drivers) private readonly drivers: Drivers, @Inject(DriverCatalog) private readonly catalog: DriverCatalog, @Inject(DriverViews) private readonly views: DriverViews) {}

  @Get()
  @Permission('driver:read')
  @Answers(200, 'Lists the drivers with their versions, what they can do and the fields of their form; broken ones too, with the reason.', DriverList, { items: [driverExample], nextPageToken: null })
  async list(): Promise<z.infer<typeof DriverList>> {
    return { items: await this.views.list(), nextPageToken: null };
  }

  @Post()
  @Permission('driver:create')
  @TakesBytes('application/vnd.mcmp.bundle', 'application/octet-stream')
  @Answers(201, 'Installs a driver from its bundle (the bytes of a .mcmp file): checked, tried, and at work at once. The same bundle again answers 200.', Driver, driverExample)
  async upload(@CurrentPrincipal() { userId }: Principal, @Query({ schema: UploadQuery }) query: z.infer<typeof UploadQuery>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Answer> {
    const bytes = await readBytes(request.body, MAX_BUNDLE_BYTES, 'a bundle');
    const { name, created } = await this.drivers.install(bytes, { by: userId, source: 'upload', activate: query.activate === 'true', allowUnsigned: query.allowUnsigned === 'true' });
    void reply.status(created ? 201 : 200).header('location', `/v1/drivers/${name}`);
    return this.views.get(name);
  }

  @Post('install')
  @Permission('driver:create')
  @Answers(201, 'Installs a driver from a repository: the highest version within the range (the pin’s where none is given). What is there already answers 200.', Driver, driverExample)
  async install(@CurrentPrincipal() { userId }: Principal, @Body({ schema: InstallDriver }) body: z.infer<typeof InstallDriver>, @Res({ passthrough: true }) reply: FastifyReply): Promise<Answer> {
    const [name = '', inName] = body.name.split(/@(.+)/);
    const range = inName ?? body.range;
    const { created } = await this.catalog.install(name, { ...(range !== undefined && { range }), ...(body.repository !== undefined && { repository: body.repository }), allowUnsigned: body.allowUnsigned, activate: body.activate, by: userId });
    void reply.status(created ? 201 : 200).header('location', `/v1/drivers/${name}`);
    return this.views.get(name);
  }

  @Get(':driver/updates')
  @Permission('driver:read')
  @Answers(200, 'Lists the versions that repositories offer and that are newer than the one that serves.', DriverUpdateList, { items: [driverUpdateExample], nextPageToken: null, failed: [] })
  async updates(@Param('driver') name: string): Promise<z.infer<typeof DriverUpdateList>> {
    return { ...(await this.catalog.updates(name)), nextPageToken: null };
  }

  @Get(':driver')
  @Permission('driver:read')
  @Answers(200, 'Shows a driver with its versions, and how each server stands to it.', Driver, driverExample)
  show(@Param('driver') name: string): Promise<Answer> {
    return this.views.get(name);
  }

  @Post(':driver/activate')
  @Permission('driver:update')
  @HttpCode(200)
  @Answers(200, 'Gives new calls to a version: it is tried first, and calls under way end on the former one.', Driver, driverExample)
  async activate(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string, @Body({ schema: ActivateDriver }) { version, from, allowUnsigned }: z.infer<typeof ActivateDriver>): Promise<Answer> {
    await this.drivers.activate(name, version, userId, { ...(from && { from }), ...(allowUnsigned !== undefined && { allowUnsigned }) });
    return this.views.get(name);
  }

  @Post(':driver/rollback')
  @Permission('driver:update')
  @HttpCode(200)
  @Answers(200, 'Goes back to the version that served before.', Driver, driverExample)
  async rollback(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string): Promise<Answer> {
    await this.drivers.rollBack(name, userId);
    return this.views.get(name);
  }

  @Post(':driver/deactivate')
  @Permission('driver:update')
  @HttpCode(200)
  @Answers(200, 'Takes a driver from service; its versions and connections stay.', Driver, { ...driverExample, version: null, state: 'inactive', why: 'an administrator has deactivated it', hash: null, source: null })
  async deactivate(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string): Promise<Answer> {
    await this.drivers.deactivate(name, userId);
    return this.views.get(name);
  }

  @Put(':driver/pin')
  @Permission('driver:update')
  @Answers(200, 'Keeps a driver within a range of versions; null lets it go.', Driver, driverExample)
  async pin(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string, @Body({ schema: PinDriver }) { range }: z.infer<typeof PinDriver>): Promise<Answer> {
    await this.drivers.pin(name, range, userId);
    return this.views.get(name);
  }

  @Delete(':driver')
  @Permission('driver:delete')
  @HttpCode(204)
  @Answers(204, 'Deletes a driver with all its bundles; refused while a connection speaks through one.')
  delete(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string): Promise<void> {
    return this.drivers.delete(name, userId);
  }

  @Delete(':driver/versions/:version')
  @Permission('driver:delete')
  @HttpCode(204)
  @Answers(204, 'Deletes one bundle of a driver; refused while it serves.')
  deleteVersion(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string, @Param('version') version: string): Promise<void> {
    return this.drivers.deleteVersion(name, version, userId);
  }

  @Get(':driver/audit')
  @Permission('driver:read')
  @Answers(200, 'Tells who changed what of a driver, the latest first.', DriverDeedPage, { items: [driverDeedExample], nextPageToken: null })
  async audit(@Param('driver') name: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<z.infer<typeof DriverDeed>>> {
    const page = await this.views.audit(name, query);
    return { ...page, items: page.items.map(deed) };
  }
}
