export const OPERATION_STATES = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
/** Where an operation is; the last three are final. */
export type OperationState = (typeof OPERATION_STATES)[number];
/** How an operation can end. */
export type FinalState = 'succeeded' | 'failed' | 'cancelled';

/** What went wrong, grouped by code. */
export interface OperationError {
  /** A code of the driver border or of the open API, e.g. `QUOTA_EXCEEDED`. */
  code: string;
  /** How many targets it met. */
  count: number;
  message: string;
  /** The smallest change that would help, where one is known. */
  help?: string;
  /** Names of the first ten. */
  targets: string[];
}

/** Long work as a person sees it. */
export interface Operation {
  id: string;
  /** `<noun>.<verb>`, e.g. `mci.create`. */
  kind: string;
  workspaceId: string;
  projectId: string | null;
  target: { type: string; id: string; name: string };
  state: OperationState;
  /** Counted in what the operation is about, e.g. VMs. */
  progress: { done: number; failed: number; total: number };
  message: string | null;
  result: Record<string, unknown> | null;
  errors: OperationError[];
  createdBy: string;
  /** ISO 8601, as the two below. */
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
}

export const PART_STATES = ['waiting', 'working', 'done', 'failed', 'cancelled'] as const;

/** One of the things that an operation works on, e.g. a VM or a region. */
export interface OperationPart {
  /** Unique within the operation. */
  name: string;
  /** What parts are grouped by, e.g. `aws ap-northeast-2`; null where there is no place. */
  place: string | null;
  state: (typeof PART_STATES)[number];
  /** The domain's own word for where it is, e.g. `creating`. */
  detail: string | null;
  /** How often it was begun; 0 where that is not counted or it waits. */
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  error: { code: string; message: string; help?: string } | null;
}

const FINAL: readonly string[] = ['succeeded', 'failed', 'cancelled'];
/** Whether an operation has ended for good. */
export const isFinal = (state: OperationState): state is FinalState => FINAL.includes(state);
