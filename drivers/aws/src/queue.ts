import type { CreateQueue, MessageQueue, QueueHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws, Service } from './client.js';
import { deleted } from './errors.js';
import { orGone, readPageOfEach } from './listing.js';
import { hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';

type Sqs = Service<'sqs'>;

/** AWS tells order by the end of the name. */
const queueName = ({ name, fifo }: Pick<CreateQueue, 'name' | 'fifo'>): string => (fifo ? `${name}.fifo` : name);
const urlOf = async (sqs: Sqs, id: string): Promise<string> => (await sqs.send(new sqs.GetQueueUrlCommand({ QueueName: id }))).QueueUrl ?? '';

/** Queues of SQS; the id is the name, which AWS keeps unique in an account and region. */
export function queues(aws: Aws): QueueHandlers {
  return {
    /** SQS answers a second create with the first queue, whosever it is: so we look whose it is. */
    async create(request, signal) {
      const sqs = await aws.service('sqs', request.region, signal);
      const QueueName = queueName(request);
      const there = await orGone(urlOf(sqs, QueueName));
      if (there !== undefined) {
        const { Tags = {} } = await sqs.send(new sqs.ListQueueTagsCommand({ QueueUrl: there }));
        if (!hasToken(toTags(Tags), request.token)) throw new DriverError('ALREADY_EXISTS', `There is a queue ${QueueName} in this region already.`, { providerCode: 'QueueAlreadyExists', field: 'name' });
        return toQueue(sqs, QueueName, request.region);
      }
      await sqs.send(new sqs.CreateQueueCommand({ QueueName, ...(request.fifo && { Attributes: { FifoQueue: 'true' } }), tags: { ...marked(request), Name: request.name } }));
      return { id: QueueName, name: request.name, region: request.region, tags: request.tags, providerState: 'available', state: 'available', fifo: request.fifo, messages: 0 };
    },

    async get({ region, id }, signal) {
      return toQueue(await aws.service('sqs', region, signal), id, region);
    },

    async list(request, signal) {
      const sqs = await aws.service('sqs', request.region, signal);
      return readPageOfEach(request, 25, async (query) => {
        const { QueueUrls = [], NextToken } = await sqs.send(new sqs.ListQueuesCommand(query));
        return { items: QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)), next: NextToken };
      }, (id) => toQueue(sqs, id, request.region));
    },

    /** Messages go with it. AWS gives the name free after a minute. */
    async delete({ region, id }, signal) {
      const sqs = await aws.service('sqs', region, signal);
      await deleted(urlOf(sqs, id).then((QueueUrl) => sqs.send(new sqs.DeleteQueueCommand({ QueueUrl }))));
    },
  };
}

async function toQueue(sqs: Sqs, id: string, region: string): Promise<MessageQueue> {
  const url = await urlOf(sqs, id);
  const [{ Attributes = {} }, { Tags = {} }] = await Promise.all([
    sqs.send(new sqs.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] })), sqs.send(new sqs.ListQueueTagsCommand({ QueueUrl: url })),
  ]);
  const messages = Number(Attributes.ApproximateNumberOfMessages);
  const tags = toTags(Tags);
  return {
    id, name: nameOf(tags, id), region, tags: tagsOf(tags), providerState: 'available', state: 'available', fifo: id.endsWith('.fifo'), url, ...present({ messages: Number.isFinite(messages) ? messages : undefined }),
  };
}
