import { readBundle } from '@mcmp/driver-sdk/bundle';
import { Inject, Injectable } from '@nestjs/common';
import { gt, maxSatisfying, rcompare, satisfies } from 'semver';
import { type Page, type PageQuery, decodePageToken, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import { DriverHost } from '../host/index.js';
import { Drivers, type Installed } from './drivers.js';
import type { DriverRepositoryRow } from './drivers.entities.js';
import { refusedBundle } from './refused.js';
import { DriverRepositories } from './repositories.js';
import type { OfferedDriver, OfferedVersion } from './static-index.js';
import { DriverViews } from './view.js';

/** A driver that was found, here or in a repository. */
export interface FoundDriver {
  name: string;
  /** `local`, or the name of the repository. */
  source: string;
  cloud: string | null;
  title: { en: string; ko?: string | undefined } | null;
  description: { en: string; ko?: string | undefined } | null;
  /** Newest first. */
  versions: string[];
  /** The version that serves here now. */
  installed: string | null;
}
/** A repository that did not answer, and why. */
export interface FailedRepository { repository: string; why: string }
/** A version that is newer than the one that serves. */
export interface Update { version: string; repository: string; withinPin: boolean; keyId: string | null; publishedAt: string | null }

interface Offer { row: DriverRepositoryRow; version: OfferedVersion }

/** Finds drivers over what is here and all repositories, and installs from there. */
@Injectable()
export class DriverCatalog {
  constructor(
    @Inject(DriverRepositories) private readonly repositories: DriverRepositories,
    @Inject(Drivers) private readonly drivers: Drivers,
    @Inject(DriverViews) private readonly views: DriverViews,
    @Inject(DriverHost) private readonly host: DriverHost,
  ) {}

  /** Drivers whose name, cloud, title, description or keywords hold the keyword, by name; a repository that fails is named and does not break the answer. */
  async search(keyword: string, source: string | undefined, query: PageQuery): Promise<Page<FoundDriver> & { failed: FailedRepository[] }> {
    const local = source === undefined || source === 'local' ? (await this.views.list()).map((driver): FoundDriver => ({ name: driver.name, source: 'local', cloud: driver.cloud, title: driver.title, description: null, versions: driver.versions.map(({ version }) => version), installed: driver.version })) : [];
    const { answers, failed } = await this.each(source === 'local' ? [] : await this.asked(source), (row) => this.repositories.asking(row, ({ reader }) => reader.search(keyword)));
    const remote = answers.flatMap(([row, offered]) => offered.filter((driver) => fits(driver, keyword)).map((driver): FoundDriver => ({
      name: driver.name, source: row.name, cloud: driver.cloud ?? null, title: driver.title ?? null, description: driver.description ?? null, versions: driver.versions.map(({ version }) => version), installed: this.host.find(driver.name)?.version ?? null,
    })));
    const keyOf = ({ name, source: from }: FoundDriver): [string, string] => [name, from];
    const after = query.pageToken === undefined ? undefined : decodePageToken(query.pageToken, 2).join('\0');
    const found = [...local.filter((driver) => fits(driver, keyword)), ...remote].sort((one, other) => (keyOf(one).join('\0') < keyOf(other).join('\0') ? -1 : 1)).filter((driver) => after === undefined || keyOf(driver).join('\0') > after);
    return { ...toPage(found.slice(0, query.pageSize + 1), query.pageSize, keyOf), failed };
  }

  /**
   * Installs the highest version within a range that the repositories offer, of equal ones that of the repository that was added first. Without a range the pin holds.
   * @throws Problem NOT_FOUND with what there is; CLOUD_ERROR, UNPROCESSABLE where a repository fails or lies; and what `Drivers.install` throws.
   */
  async install(name: string, options: { range?: string; repository?: string; allowUnsigned: boolean; activate: boolean; by: string }): Promise<Installed> {
    const { range = (await this.drivers.pinOf(name)) ?? '*', repository } = options;
    const rows = repository === undefined ? await this.repositories.list() : [await this.repositories.get(repository)];
    if (rows.length === 0) throw new Problem('NOT_FOUND', 'There is no driver repository: add one with POST /v1/driver-repositories, or upload the bundle.');
    const { answers, failed } = await this.each(rows, (row) => this.repositories.asking(row, ({ reader }) => reader.find(name)), repository !== undefined);
    const offers = answers.flatMap(([row, driver]) => (driver?.versions ?? []).map((version): Offer => ({ row, version })));
    const best = maxSatisfying(offers.map(({ version }) => version.version), range);
    const offer = offers.find(({ version }) => version.version === best);
    if (!offer) {
      const there = [...new Set(offers.map(({ version }) => version.version))].sort(rcompare);
      throw new Problem('NOT_FOUND', `No repository offers ${name}@${range}${there.length > 0 ? `; there is ${there.slice(0, 10).join(', ')}` : ''}.${failed.map((each) => ` ${each.why}`).join('')}`, { extra: { failed } });
    }
    const { row, version } = offer;
    const bytes = await this.repositories.asking(row, ({ reader }) => reader.download(version));
    const bundle = await refusedBundle('UNPROCESSABLE', 'bundle', () => readBundle(bytes));
    const { manifest, contentHash } = bundle;
    if (manifest.name !== name || manifest.version !== version.version || (version.contentHash !== undefined && version.contentHash !== contentHash)) {
      throw new Problem('UNPROCESSABLE', `The driver repository "${row.name}" says ${name} ${version.version}${version.contentHash === undefined ? '' : ` with the content ${version.contentHash}`}, and its bundle is ${manifest.name} ${manifest.version} with ${contentHash}.`, { errors: [{ field: 'repository', rule: 'must give the bundle that it lists' }] });
    }
    return this.drivers.install(bytes, { by: options.by, source: version.url.split(/[?#]/)[0] ?? version.url, activate: options.activate, allowUnsigned: options.allowUnsigned });
  }

  /** Versions that are newer than the one that serves, newest first. @throws Problem NOT_FOUND. */
  async updates(name: string): Promise<{ items: Update[]; failed: FailedRepository[] }> {
    const { version, pinned } = await this.views.get(name);
    const { answers, failed } = await this.each(await this.repositories.list(), (row) => this.repositories.asking(row, ({ reader }) => reader.find(name)));
    const items = answers.flatMap(([row, driver]) => (driver?.versions ?? []).filter((offered) => version === null || gt(offered.version, version)).map((offered): Update => ({
      version: offered.version, repository: row.name, withinPin: pinned === null || satisfies(offered.version, pinned, { includePrerelease: true }), keyId: offered.keyId ?? null, publishedAt: offered.publishedAt ?? null,
    })));
    return { items: items.sort((one, other) => rcompare(one.version, other.version)), failed };
  }

  private async asked(source: string | undefined): Promise<DriverRepositoryRow[]> {
    return source === undefined ? this.repositories.list() : [await this.repositories.get(source)];
  }

  /** Asks repositories side by side; one that fails is told, or thrown where it is the one that was named. */
  private async each<T>(rows: DriverRepositoryRow[], ask: (row: DriverRepositoryRow) => Promise<T>, strict = false): Promise<{ answers: [DriverRepositoryRow, T][]; failed: FailedRepository[] }> {
    const outcomes = await Promise.allSettled(rows.map(ask));
    const answers: [DriverRepositoryRow, T][] = [];
    const failed: FailedRepository[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const row = rows[index] as DriverRepositoryRow;
      if (outcome.status === 'fulfilled') answers.push([row, outcome.value]);
      else if (strict || !(outcome.reason instanceof Problem)) throw outcome.reason;
      else failed.push({ repository: row.name, why: outcome.reason.detail });
    }
    return { answers, failed };
  }
}

const fits = ({ name, cloud, title, description, keywords }: Pick<FoundDriver, 'name' | 'cloud' | 'title' | 'description'> & { keywords?: string[] } | OfferedDriver, keyword: string): boolean =>
  keyword === '' || [name, cloud, title?.en, title?.ko, description?.en, description?.ko, ...(keywords ?? [])].some((text) => text?.toLowerCase().includes(keyword.toLowerCase()));
