import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from '../../kernel/problem.js';
import { Answers, Permission } from '../../platform/index.js';
import { DriverHost, type InstalledDriver } from '../host/index.js';
import { Driver, DriverList } from './connections.dto.js';
import { driverExample } from './examples.js';

/** Drivers that are installed on this server. */
@Controller('v1/drivers')
export class DriversController {
  constructor(@Inject(DriverHost) private readonly host: DriverHost) {}

  @Get()
  @Permission('driver:read')
  @Answers(200, 'Lists the installed drivers with what they can do and the fields of their form; broken ones too, with the reason.', DriverList, { items: [driverExample], nextPageToken: null })
  list(): z.infer<typeof DriverList> {
    return { items: this.host.list().map(answer).sort((one, other) => one.name.localeCompare(other.name)), nextPageToken: null };
  }

  @Get(':driver')
  @Permission('driver:read')
  @Answers(200, 'Shows an installed driver.', Driver, driverExample)
  show(@Param('driver') name: string): z.infer<typeof Driver> {
    const driver = this.host.find(name) ?? this.host.list().find((installed) => installed.name === name);
    if (!driver) throw new Problem('NOT_FOUND', `There is no driver "${name}"; GET /v1/drivers lists those that are installed.`);
    return answer(driver);
  }
}

function answer(driver: InstalledDriver): z.infer<typeof Driver> {
  const manifest = driver.state === 'ready' ? driver.manifest : undefined;
  return {
    name: driver.name, version: driver.version ?? null, state: driver.state, why: driver.why ?? null, hash: driver.hash ?? null,
    cloud: manifest?.cloud ?? null, title: manifest?.title ?? null, capabilities: manifest?.capabilities ?? [], credential: manifest?.credential ?? [], options: manifest?.options ?? [], endpoint: manifest?.endpoint ?? null,
  };
}
