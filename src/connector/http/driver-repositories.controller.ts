import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import { DriverCatalog } from '../drivers/catalog.js';
import type { DriverRepositoryRow } from '../drivers/drivers.entities.js';
import { DriverRepositories } from '../drivers/repositories.js';
import { AddDriverRepository, ChangeDriverRepository, DriverRepository, DriverRepositoryList, FoundDriverPage, SearchDrivers } from './driver-repositories.dto.js';
import { driverRepositoryExample, foundDriverExample } from './examples.js';

type Answer = z.infer<typeof DriverRepository>;
const answer = ({ sealed, checkedAt, createdAt, ...row }: DriverRepositoryRow): Answer => ({ ...row, hasToken: sealed !== null, checkedAt: checkedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() });
const given = <T extends object>(value: T) => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

/** Places from which drivers are installed. */
@Controller('v1/driver-repositories')
export class DriverRepositoriesController {
  constructor(@Inject(DriverRepositories) private readonly repositories: DriverRepositories, @Inject(DriverCatalog) private readonly catalog: DriverCatalog) {}

  @Post()
  @Permission('driver-repository:create')
  @Answers(201, 'Adds a place from which drivers are installed; it is read once first.', DriverRepository, driverRepositoryExample)
  async add(@CurrentPrincipal() { userId }: Principal, @Body({ schema: AddDriverRepository }) body: z.infer<typeof AddDriverRepository>, @Res({ passthrough: true }) reply: FastifyReply): Promise<Answer> {
    const row = await this.repositories.add(given(body), userId);
    void reply.header('location', `/v1/driver-repositories/${row.id}`);
    return answer(row);
  }

  @Get()
  @Permission('driver-repository:read')
  @Answers(200, 'Lists the places from which drivers are installed, without their tokens.', DriverRepositoryList, { items: [driverRepositoryExample], nextPageToken: null })
  async list(): Promise<z.infer<typeof DriverRepositoryList>> {
    return { items: (await this.repositories.list()).map(answer), nextPageToken: null };
  }

  @Get('search')
  @Permission('driver-repository:read')
  @Answers(200, 'Searches drivers by a keyword, here and in all repositories; one that does not answer is named.', FoundDriverPage, { items: [foundDriverExample], nextPageToken: null, failed: [] })
  search(@Query({ schema: SearchDrivers }) { keyword, source, ...page }: z.infer<typeof SearchDrivers>): Promise<z.infer<typeof FoundDriverPage>> {
    return this.catalog.search(keyword, source, page);
  }

  @Get(':repository')
  @Permission('driver-repository:read')
  @Answers(200, 'Shows a repository by its id or name; never its token.', DriverRepository, driverRepositoryExample)
  async show(@Param('repository') reference: string): Promise<Answer> {
    return answer(await this.repositories.get(reference));
  }

  @Patch(':repository')
  @Permission('driver-repository:update')
  @Answers(200, 'Changes a repository; it is read once first. A token does not go along to another host.', DriverRepository, driverRepositoryExample)
  async change(@CurrentPrincipal() { userId }: Principal, @Param('repository') reference: string, @Body({ schema: ChangeDriverRepository }) body: z.infer<typeof ChangeDriverRepository>): Promise<Answer> {
    return answer(await this.repositories.change(reference, given(body), userId));
  }

  @Delete(':repository')
  @Permission('driver-repository:delete')
  @HttpCode(204)
  @Answers(204, 'Removes a repository; what was installed from it stays.')
  remove(@CurrentPrincipal() { userId }: Principal, @Param('repository') reference: string): Promise<void> {
    return this.repositories.remove(reference, userId);
  }
}
