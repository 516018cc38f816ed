import type { FunctionHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { present } from './map.js';
import { readAll } from './pages.js';

type Work = (ec2: Ec2, input: Record<string, unknown>) => Promise<unknown>;

/** What AWS can and no capability covers; names and schemas stand in driver.json. */
const FUNCTIONS: Record<string, Work> = {
  async getConsoleOutput(ec2, { vmId, latest }) {
    const { Output, Timestamp } = await ec2.send(new ec2.GetConsoleOutputCommand({ InstanceId: String(vmId), Latest: latest === true }));
    return { text: Buffer.from(Output ?? '', 'base64').toString('utf8'), ...present({ at: Timestamp?.toISOString() }) };
  },

  async listReservedInstances(ec2) {
    const { ReservedInstances = [] } = await ec2.send(new ec2.DescribeReservedInstancesCommand({}));
    return {
      items: ReservedInstances.map((one) => ({
        id: one.ReservedInstancesId ?? '', specId: one.InstanceType ?? '', count: one.InstanceCount ?? 0, state: one.State ?? 'unknown',
        ...present({ zone: one.AvailabilityZone, payment: one.OfferingType, class: one.OfferingClass, currency: one.CurrencyCode, upfront: one.FixedPrice, from: one.Start?.toISOString(), to: one.End?.toISOString() }),
      })),
    };
  },

  async listScheduledEvents(ec2) {
    const statuses = await readAll(1000, async (query) => {
      const { InstanceStatuses = [], NextToken } = await ec2.send(new ec2.DescribeInstanceStatusCommand({ ...query, IncludeAllInstances: true }));
      return { items: InstanceStatuses, next: NextToken };
    });
    return {
      items: statuses.flatMap(({ InstanceId = '', Events = [] }) => Events.map(({ Code, Description, NotBefore, NotAfter }) => ({
        vmId: InstanceId, type: Code ?? 'unknown', ...present({ description: Description, from: NotBefore?.toISOString(), to: NotAfter?.toISOString() }),
      }))),
    };
  },
};

/** The driver's own functions. */
export function functions(aws: Aws): FunctionHandlers {
  return {
    async call({ region, name, input }, signal) {
      const work = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
      if (!work) throw new DriverError('NOT_FOUND', `The AWS driver has no function ${name}; it has ${Object.keys(FUNCTIONS).join(', ')}.`, { field: 'name', providerCode: 'NoSuchFunction' });
      return { output: await work(await aws.ec2(region, signal), (input ?? {}) as Record<string, unknown>) };
    },
  };
}
