import { DriverError } from '../../errors.js';
import { answers, fail, methods, refusals } from './alter.js';
import type { Row, WrongDriver } from './alter.js';

/** A row with a class, as vendor libraries give them. */
class VendorNetwork {
  constructor(row: Row) {
    Object.assign(this, row);
  }
}
const SECRET = 'memory-secret-0001';

/** Wrong answers, wrong errors, and wrong behaviour in trouble. */
export const wrongConduct: WrongDriver[] = [
  answers('instances of a class', 'network.get', ['answers.plain'], (row) => new VendorNetwork(row) as unknown as Row),
  answers('times as dates', 'vm.get', ['answers.plain'], (row) => ({ ...row, createdAt: new Date(0) })),
  answers("the provider's states of VMs", 'vm.list', ['answers.vm-states'], (row) => ({ ...row, state: row.providerState })),
  answers("the provider's states of networks", 'network.list', ['answers.states'], (row) => ({ ...row, state: row.providerState })),
  answers('no state of the provider', 'disk.list', ['answers.provider-states'], ({ providerState: _, ...row }) => row),
  answers('the secret as the name of the account', 'account.verify', ['answers.no-secret'], (row) => ({ ...row, principal: SECRET })),
  refusals('errors of another class', 'vm.start', 'NOT_FOUND', ['vm.start-unknown', 'errors.driver-error'], (error) => Promise.reject(new Error(`NOT_FOUND ${error.message}`))),
  refusals('errors without a message', 'disk.get', 'NOT_FOUND', ['errors.message'], () => fail('NOT_FOUND', '')),
  refusals("the vendor's error as a detail", 'disk.get', 'NOT_FOUND', ['errors.copy', 'errors.detail'], (error) => fail('NOT_FOUND', 'not there', { ...error.detail, cause: new VendorNetwork({}) } as DriverError['detail'])),
  refusals('a status as a text', 'disk.get', 'NOT_FOUND', ['errors.detail'], (error) => fail('NOT_FOUND', 'not there', { ...error.detail, httpStatus: '404' as unknown as number })),
  refusals('a refusal that it does not know', 'key-pair.create', 'INVALID_REQUEST', ['key-pair.wrong-key', 'errors.known'], () => fail('UNKNOWN')),
  refusals('the secret in a message', 'disk.get', 'NOT_FOUND', ['errors.no-secret'], (error) => fail('NOT_FOUND', `not there for ${SECRET}`, error.detail)),
  refusals('a limit of the rate as a broken cloud', 'network.list', 'RATE_LIMITED', ['faults.throttled', 'faults.retry-after'], () => fail('UNAVAILABLE')),
  refusals('no time to wait', 'network.list', 'RATE_LIMITED', ['faults.retry-after'], () => fail('RATE_LIMITED')),
  refusals('a full zone as a quota', 'vm.create', 'OUT_OF_CAPACITY', ['faults.out-of-capacity'], () => fail('QUOTA_EXCEEDED')),
  methods('a list that leaves the last VM out', ['vm.list'], ['vm.list-by-ids', 'vm.list-by-tags', 'vm.token-again', 'faults.truth'], (original) => async (request, signal) => {
    const page = (await original(request, signal)) as { items: Row[] };
    return { ...page, items: page.items.filter((row) => row.batchIndex !== 2) };
  }),
];
