import { answers, looks, methods, onlyOnce, refusals } from './alter.js';
import type { Call, Row, WrongDriver } from './alter.js';

const noop = (): Call => async () => undefined;
const day = 86_400_000;
const later = (at: unknown, ms: number): string => new Date(Date.parse(String(at)) + ms).toISOString();
/** Changes items of a page as a whole. */
const items = (fault: string, name: string, caughtBy: string[], change: (rows: Row[]) => Row[], beside: string[] = []): WrongDriver =>
  methods(fault, [name, ...beside], caughtBy, (original, _box, method) => async (request, signal) => {
    const answer = (await original(request, signal)) as Row;
    return method === name ? { ...answer, items: change(answer.items as Row[]) } : answer;
  });
const points = (row: Row): Row[] => row.points as Row[];
const policies = (kind: 'iam-user' | 'iam-role'): WrongDriver[] => [
  looks(`policies of an ${kind} that stay`, `${kind}.setPolicies`, [`${kind}.set-policies`, `${kind}.set-policies-again`]),
  onlyOnce(`policies of an ${kind} that cannot be set again`, `${kind}.setPolicies`, `${kind}.set-policies-again`, (row, { policyIds }) => (policyIds as string[]).length > 0 && JSON.stringify(row.policyIds) === JSON.stringify(policyIds)),
];

/** Wrong metrics, events, charges, users, roles and functions. */
export const wrongAccounts: WrongDriver[] = [
  answers('a metric without a unit', ['metric.list', 'vm.get'], ['metric.words'], (row) => ('unit' in row ? { ...row, unit: '' } : row)),
  items('points of what is known only', 'metric.read', ['metric.items'], (rows) => rows.filter((row) => points(row).length > 0), ['vm.get']),
  items('points latest first', 'metric.read', ['metric.order'], (rows) => rows.map((row) => ({ ...row, points: [...points(row)].reverse() })), ['vm.get']),
  methods('points of an hour before', ['metric.read', 'vm.get'], ['metric.range'], (original, _box, name) => (request, signal) => original(name === 'metric.read' ? { ...request, from: later(request.from, -3_600_000) } : request, signal)),
  items('events oldest first', 'event.list', ['event.order'], (rows) => [...rows].reverse(), ['network.get']),
  items('events of another time', 'event.list', ['event.range'], (rows) => rows.map((row) => ({ ...row, at: '2020-01-01T00:00:00Z' })), ['network.get']),
  items('events that failed in words', 'event.list', ['event.words'], (rows) => rows.map((row) => ({ ...row, failed: 'no' })), ['network.get']),
  methods('events of everything', ['event.list', 'network.get'], ['event.resource'], (original) => ({ resourceId: _, ...request }, signal) => original(request, signal)),
  items('charges that take no time', 'charge.list', ['charge.period'], (rows) => rows.map((row) => ({ ...row, to: row.from }))),
  items('charges of two days', 'charge.list', ['charge.day'], (rows) => rows.map((row) => ({ ...row, to: later(row.to, day) }))),
  items('charges in a sign', 'charge.list', ['charge.amounts'], (rows) => rows.map((row) => ({ ...row, currency: '$' }))),
  items("charges in the provider's words", 'charge.list', ['charge.words'], (rows) => rows.map((row) => ({ ...row, category: 'Usage' }))),
  items('charges that are other ones each time', 'charge.list', ['charge.again', 'charge.pages'], (rows) => rows.map((row) => ({ ...row, sku: Math.random().toString(36) }))),
  items('a charge twice', 'charge.list', ['charge.pages'], (rows) => [...rows.slice(0, 1), ...rows]),
  answers('a user without keys', 'iam-user.get', ['iam-user.key'], (row) => ({ ...row, keyIds: [] })),
  methods('a key that is told again', ['iam-user.createKey', 'iam-user.get'], ['iam-user.key-untold'], (original, box, name) => async (request, signal) => {
    const told = box as unknown as { secret?: string };
    const answer = (await original(request, signal)) as Row;
    if (name === 'iam-user.createKey') told.secret = answer.secret as string;
    return name === 'iam-user.get' ? { ...answer, note: told.secret ?? '' } : answer;
  }),
  methods('a key that stays', ['iam-user.deleteKey'], ['iam-user.delete-key'], noop),
  ...policies('iam-user'),
  answers('a role for anybody', 'iam-role.get', ['iam-role.trust'], (row) => ({ ...row, trust: 'anybody' })),
  ...policies('iam-role'),
  answers('a credential that the cloud does not take', 'iam-role.assume', ['iam-role.assume'], (row) => ({ ...row, credential: { key: 'memory-key', secret: 'role-secret-wrong' } })),
  methods('a function without an output', ['function.call'], ['function.call', 'function.output'], (original) => async (request, signal) => {
    await original(request, signal);
    return {};
  }),
  answers('an output of another shape', 'function.call', ['function.output'], () => ({ output: { text: 'kit' } })),
  refusals('a function that is none', 'function.call', 'NOT_FOUND', ['function.unknown'], () => ({ output: {} })),
];
