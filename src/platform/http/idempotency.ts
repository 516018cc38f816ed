import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Column, Entity, type EntityManager, Index, PrimaryColumn } from 'typeorm';
import { Problem } from '../../kernel/problem.js';

/** What a request with an `Idempotency-Key` was answered; kept for 24 hours. */
@Entity({ schema: 'platform', name: 'idempotency' })
@Index('idempotency_age', ['createdAt'])
export class IdempotencyRow {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  @PrimaryColumn('text') key!: string;
  /** SHA-256 over route and body. */
  @Column('text') fingerprint!: string;
  @Column('integer', { nullable: true }) status!: number | null;
  @Column('json', { nullable: true }) body!: unknown;
  @Column('jsonb', { nullable: true }) headers!: Record<string, string> | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** What a request asked, and by whom. */
export interface IdempotentRequest {
  /** Header `Idempotency-Key`; undefined runs the work without a record. */
  key: string | undefined;
  userId: string;
  /** Method and path, e.g. `POST /v1/projects/0190…/mcis`. */
  route: string;
  body: unknown;
}

/** An answer that can be given again. */
export interface StoredAnswer { status: number; body: unknown; headers?: Record<string, string> }

/** The same value gives the same text, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

/** Makes a request safe to repeat: within 24 hours the same user, key, route and body give the first answer again, and the work is done once. */
@Injectable()
export class Idempotency {
  /**
   * Runs `work` within the caller's transaction, or gives the stored answer. Of two at once the second waits for the first one's commit; a request that throws stores nothing.
   * @throws Problem INVALID_REQUEST for a key that is none, IDEMPOTENCY_MISMATCH where the key came with another route or body before.
   */
  async run(manager: EntityManager, request: IdempotentRequest, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
    const { key, userId } = request;
    if (key === undefined) return work();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new Problem('INVALID_REQUEST', 'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.', { errors: [{ field: 'Idempotency-Key', rule: 'must be 1 to 255 printable ASCII characters without spaces', help: 'use a new UUID for each new request' }] });
    const fingerprint = createHash('sha256').update(`${request.route}\n${canonical(request.body)}`).digest('hex');
    const fresh = await manager.query<unknown[]>(
      `INSERT INTO platform.idempotency AS kept (user_id, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, headers = NULL, created_at = now() WHERE kept.created_at < now() - interval '24 hours'
       RETURNING 1`, [userId, key, fingerprint]);
    if (fresh.length === 0) return this.stored(manager, userId, key, fingerprint);
    const answer = await work();
    await manager.query('UPDATE platform.idempotency SET status = $3, body = $4::json, headers = $5::jsonb WHERE user_id = $1 AND key = $2', [userId, key, answer.status, JSON.stringify(answer.body ?? null), JSON.stringify(answer.headers ?? null)]);
    return answer;
  }

  private async stored(manager: EntityManager, userId: string, key: string, fingerprint: string): Promise<StoredAnswer> {
    const row = await manager.findOneByOrFail(IdempotencyRow, { userId, key });
    if (row.fingerprint !== fingerprint || row.status === null) {
      throw new Problem('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key came with another request before: use a new key for a new request, or repeat the first one unchanged.', { errors: [{ field: 'Idempotency-Key', rule: 'must be new for each new request' }] });
    }
    return { status: row.status, body: row.body, ...(row.headers && { headers: row.headers }) };
  }
}
