import { CAPABILITY_METHODS } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { PRIORITIES } from '../budget/budget.js';
import type { CloudMethod } from '../session.js';

const METHODS = Object.entries(CAPABILITY_METHODS).flatMap(([capability, names]) => names.map((name) => `${capability}.${name.replace('?', '')}`)) as [CloudMethod, ...CloudMethod[]];

/** One call of the driver SDK, as it is. */
export const CloudCall = z.strictObject({
  method: z.enum(METHODS, { error: ({ input }) => `${JSON.stringify(input) ?? 'nothing'} is no method; they are capability.method, such as vm.list or disk.create` }).meta({ description: 'Method of the driver SDK, as `capability.method`' }),
  request: z.record(z.string().max(100), z.unknown()).meta({ description: 'What the method takes; creates need `token` and `tags`, so that they may be repeated and found' }),
  purpose: z.enum(PRIORITIES).default('person').meta({ description: 'Who goes first where the limit of the cloud makes calls wait; programs that can wait say so' }),
  deadlineMs: z.int().min(100).max(300_000).optional().meta({ description: 'Longest time with all waiting; absent takes the driver’s' }),
}).meta({ example: { method: 'vm.list', request: { region: 'ap-northeast-2', pageSize: 20 } } });

export const CloudCallAnswer = z.object({
  method: z.string(),
  driver: z.string(),
  version: z.string().meta({ description: 'Version of the driver that served the call' }),
  tookMs: z.number().meta({ description: 'With waiting for the limit and retries' }),
  result: z.unknown().meta({ description: 'What the method gives; null where it gives nothing' }),
});

const Label = z.object({ en: z.string(), ko: z.string().optional() });
const Schema = z.record(z.string(), z.unknown());
/** A driver's own function. */
export const DriverFunctionBody = z.object({
  name: z.string(), title: Label, description: Label.optional(), read: z.boolean().meta({ description: 'Reads only, and so may be repeated' }),
  input: Schema.meta({ description: 'JSON Schema of the input' }), output: Schema.meta({ description: 'JSON Schema of the output' }),
});
export const DriverFunctionList = z.object({ items: z.array(DriverFunctionBody), nextPageToken: z.null() });

export const CallFunction = z.strictObject({
  connection: z.string().min(1).max(200).meta({ description: 'Id or name of the connection to call it on' }),
  region: z.string().min(1).max(100).meta({ description: 'Region id' }),
  input: z.unknown().optional().meta({ description: 'As the function’s input schema says' }),
}).meta({ example: { connection: 'aws-main', region: 'ap-northeast-2', input: {} } });
export const FunctionAnswer = z.object({ driver: z.string(), version: z.string(), output: z.unknown() });

export const functionExample = {
  name: 'getConsoleOutput', title: { en: 'Console output of a VM' }, read: true,
  input: { type: 'object', properties: { vmId: { type: 'string' } }, required: ['vmId'], additionalProperties: false }, output: { type: 'object', properties: { text: { type: 'string' } } },
};
