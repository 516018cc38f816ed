/** An operation as far as the command line reads it. */
export interface OperationItem extends Record<string, unknown> {
  id: string;
  kind: string;
  projectId: string | null;
  target: { type: string; id: string; name: string };
  state: string;
  progress: { done: number; failed: number; total: number };
  message: string | null;
  result: Record<string, unknown> | null;
  errors: { code: string; count: number; message: string; help?: string; targets: string[] }[];
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
}

/** Whether nothing more happens to it. */
export const hasEnded = ({ state }: Pick<OperationItem, 'state'>): boolean => ['succeeded', 'failed', 'cancelled'].includes(state);

/** What it is about: `mci.create of web`. */
export const aboutOf = ({ kind, target }: Pick<OperationItem, 'kind' | 'target'>): string => `${kind} of ${target.name}`;
