import type { Session } from './session.js';
import { table } from './table.js';
import { columnOf, type Item } from './columns.js';

/** What the server says that a request would make, cost and meet. */
export interface Plan extends Item {
  vms: number;
  resources: { step: number; kind: string; count: number; connection: string; cloud: string; region: string; zone?: string; name: string; exists: boolean }[];
  price: { currency: string; perHour: number; perMonth: number; asOf: string; simulated: boolean }[];
  unpricedVms: number;
  findings: { severity: 'error' | 'warning' | 'info'; code: string; group?: string; message: string; help?: string }[];
  estimatedSeconds: number;
  estimateBasis: 'history' | 'default';
}

const COLUMNS = ['step', 'kind', 'count', 'cloud', 'connection', 'region', 'name', 'THERE ALREADY:exists'].map(columnOf);

/** Writes a plan: resources in order, price per hour and month, findings, time. @returns whether nothing speaks against it */
export async function showPlan(session: Session, name: string, plan: Plan): Promise<boolean> {
  const good = plan.findings.every(({ severity }) => severity !== 'error');
  const { output, terminal } = session;
  if (!output.forPeople) {
    await output.thing(plan);
    return good;
  }
  const lines = [
    terminal.paint('bold', `Plan of ${name}: ${plan.vms} VMs; nothing is made yet.`), '',
    table(plan.resources, COLUMNS, terminal, true), '',
    ...plan.price.map(({ perHour, perMonth, currency, asOf, simulated }) => `Price: ${Number(perHour.toPrecision(6))} ${currency} per hour, ${perMonth.toFixed(2)} ${currency} per month (oldest price of ${asOf.slice(0, 10)}${simulated ? ', some simulated' : ''})`),
    ...(plan.unpricedVms > 0 ? [`       and ${plan.unpricedVms} VMs whose price nobody publishes`] : []),
    `Time:  about ${plan.estimatedSeconds} s (${plan.estimateBasis === 'history' ? 'as it took before' : 'as such clouds take'})`,
    ...plan.findings.map(({ severity, group, message, help }) => `${terminal.paint(severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim', `${severity}:`)} ${group === undefined ? '' : `${group}: `}${message}${help ? ` ${help}` : ''}`),
  ];
  terminal.result(lines.join('\n'));
  return good;
}
