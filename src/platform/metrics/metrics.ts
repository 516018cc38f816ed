import { Injectable } from '@nestjs/common';
import { Registry, collectDefaultMetrics } from 'prom-client';

/**
 * The figures of this process, as `/metrics` shows them. A domain registers its own with prom-client, e.g.
 * `new Counter({ name: 'mcmp_calls_total', help: '…', registers: [metrics.registry] })`; names begin with `mcmp_` and carry their unit.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'mcmp_' });
  }
}
