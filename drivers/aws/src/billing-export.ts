import type { Charge, ChargeHandlers, Page } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { rowsOf } from './billing-csv.js';
import type { Place, Report } from './billing-report.js';
import { monthsOf, placeOf, regionOf, reportOf, requireAnything } from './billing-report.js';
import { Sums, chargeOf, columnsOf } from './billing-row.js';
import type { Aws } from './client.js';
import type { ApiPage } from './pages.js';
import { readPage } from './pages.js';

type Request = Parameters<ChargeHandlers['list']>[0];
/** Where a list goes on: in a month of the time that was asked, the delivery that is read of it, one of its files, and the first row. */
interface Spot { month: string; assembly?: string; file: number; row: number }
/** A piece of a file as charges; `row` is that after it, absent at its end. */
interface Piece { charges: Charge[]; row?: number }

/** So many different charges are added up at once; more, and the same charge may come in two parts. Small enough to be held, large enough for the hours of some hundred things to become days. */
const ADDED_UP = 5_000;
/** So many rows at most are read for one page, so that a page ends in time also where few of them are of the time that was asked; it may be empty then. */
const MOST_ROWS = 500_000;
/** A list that begins anew within this begins as the last one did, so that its first rows are of one delivery. */
const FRESH_MS = 300_000;
/** A file that nobody reads on is closed after this; who comes later opens it again. */
const IDLE_MS = 60_000;

/** A file that is being read, kept open between two pages, since a gzip cannot be entered in its middle. */
class Reading {
  #timer: NodeJS.Timeout | undefined;
  constructor(readonly key: string, readonly pieces: AsyncIterator<Piece>, readonly stop: AbortController) {}

  /** Stops it with a call that is stopped. */
  async next(signal: AbortSignal): Promise<Piece> {
    clearTimeout(this.#timer);
    const abort = (): void => this.stop.abort();
    signal.addEventListener('abort', abort);
    try {
      signal.throwIfAborted();
      const { value, done } = await this.pieces.next();
      return done ? { charges: [] } : value;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#timer = setTimeout(abort, IDLE_MS).unref();
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.stop.abort();
  }
}

/** Pieces of a file from a row on. */
async function* piecesOf(text: AsyncIterable<string>, begin: number, asked: { from: number; to: number; granularity: Request['granularity'] }): AsyncGenerator<Piece> {
  const sums = new Sums();
  let columns: ReturnType<typeof columnsOf> | undefined;
  let row = begin;
  for await (const fields of rowsOf(text, begin)) {
    if (!columns) {
      columns = columnsOf(fields);
      continue;
    }
    row += 1;
    const charge = chargeOf(fields, columns, asked);
    if (charge) sums.add(charge);
    if (sums.size >= ADDED_UP || (row - begin) % MOST_ROWS === 0) yield { charges: sums.take(), row };
  }
  yield { charges: sums.take() };
}

/**
 * Charges of a Cost and Usage Report or a CUR 2.0 data export in S3, per resource and with tags: of each month the newest delivery, its files one after another, streamed.
 * Charges that are alike but for their time are added up to the granularity that was asked. A month without a delivery has no charges yet.
 */
export class BillingExport {
  readonly #place: Place;
  #region: string | undefined;
  #held: { spot: string; untilMs: number; page: ApiPage<Charge> } | undefined;
  #reading: Reading | undefined;

  constructor(readonly aws: Aws, option: string) {
    this.#place = placeOf(option);
  }

  async list(request: Request, signal: AbortSignal): Promise<Page<Charge>> {
    const asked = { from: Date.parse(request.from), to: Date.parse(request.to), granularity: request.granularity };
    const months = monthsOf(asked.from, asked.to);
    return readPage(request, [1, ADDED_UP], async ({ NextToken }) => {
      const spot = NextToken === undefined ? { month: months[0] ?? '', file: 0, row: 0 } : spotOf(NextToken, months);
      const held = JSON.stringify([asked, spot]);
      if (this.#held?.spot === held && Date.now() < this.#held.untilMs) return this.#held.page;
      const page = await this.#pageAt(spot, months, asked, signal, NextToken === undefined);
      this.#held = { spot: held, untilMs: Date.now() + FRESH_MS, page };
      return page;
    });
  }

  async #s3(signal: AbortSignal) {
    this.#region ??= await regionOf(await this.aws.service('s3', this.aws.homeRegion, signal), this.#place);
    return this.aws.service('s3', this.#region, signal);
  }

  async #pageAt(spot: Spot, months: string[], asked: { from: number; to: number; granularity: Request['granularity'] }, signal: AbortSignal, first: boolean): Promise<ApiPage<Charge>> {
    const s3 = await this.#s3(signal);
    if (first) await requireAnything(s3, this.#place);
    for (let index = months.indexOf(spot.month); index >= 0 && index < months.length; index += 1) {
      const month = months[index] as string;
      const here = month === spot.month ? spot : { month, file: 0, row: 0 };
      const report = await reportOf(s3, this.#place, month);
      if (here.assembly !== undefined && report?.assembly !== here.assembly) throw new DriverError('INVALID_REQUEST', `AWS has delivered the report of ${month} anew since this list began: begin again without a pageToken.`, { field: 'pageToken' });
      for (let file = here.file; report && file < report.files.length; file += 1) {
        const { charges, row } = await this.#read(report, file, file === here.file ? here.row : 0, asked, signal);
        if (charges.length === 0 && row === undefined) continue;
        const then: Spot | undefined = row !== undefined ? { month, assembly: report.assembly, file, row } : file + 1 < report.files.length ? { month, assembly: report.assembly, file: file + 1, row: 0 } : index + 1 < months.length ? { month: months[index + 1] as string, file: 0, row: 0 } : undefined;
        return { items: charges, ...(then && { next: JSON.stringify(then) }) };
      }
    }
    return { items: [] };
  }

  async #read(report: Report, file: number, row: number, asked: { from: number; to: number; granularity: Request['granularity'] }, signal: AbortSignal): Promise<Piece> {
    const name = report.files[file] as string;
    const at = (next: number): string => JSON.stringify([asked, report.assembly, name, next]);
    let reading = this.#reading?.key === at(row) && !this.#reading.stop.signal.aborted ? this.#reading : undefined;
    if (!reading) this.#reading?.close();
    this.#reading = undefined;
    reading ??= await this.#open(name, row, asked, at(row), signal);
    try {
      const piece = await reading.next(signal);
      if (piece.row === undefined) reading.close();
      else this.#reading = Object.assign(reading, { key: at(piece.row) });
      return piece;
    } catch (error) {
      reading.close();
      if (isDriverError(error)) throw error;
      if (signal.aborted) throw new DriverError('TIMEOUT', `s3:GetObject of ${name} was stopped.`);
      throw new DriverError('UNAVAILABLE', `s3:GetObject of ${name} could not be read to its end: ${(error as { code?: string }).code ?? (error as Error).message}`);
    }
  }

  async #open(name: string, row: number, asked: { from: number; to: number; granularity: Request['granularity'] }, key: string, signal: AbortSignal): Promise<Reading> {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    signal.addEventListener('abort', abort);
    try {
      const s3 = await this.#s3(stop.signal);
      const { Body } = await s3.send(new s3.GetObjectCommand({ Bucket: this.#place.bucket, Key: name }));
      const body = Body as unknown as Readable;
      const text = /\.gz$/i.test(name) ? body.pipe(createGunzip()) : body;
      // A pipe hands on neither an error nor an end that comes too early.
      if (text !== body) body.once('error', (error) => text.destroy(error));
      stop.signal.addEventListener('abort', () => {
        body.destroy();
        text.destroy();
      });
      return new Reading(key, piecesOf(text.setEncoding('utf8') as AsyncIterable<string>, row, asked), stop);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

function spotOf(token: string, months: string[]): Spot {
  const spot = JSON.parse(token) as Spot;
  if (!months.includes(spot.month)) throw new DriverError('INVALID_REQUEST', 'pageToken belongs to a list of another time: begin again without one.', { field: 'pageToken' });
  return spot;
}
