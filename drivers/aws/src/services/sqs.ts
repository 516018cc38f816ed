export {
  SQSClient as Client,
  CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ListQueueTagsCommand, ListQueuesCommand, TagQueueCommand, UntagQueueCommand,
} from '@aws-sdk/client-sqs';
