import { Progress } from '@mantine/core';
import type { Operation } from './types';
import { useOperationWords } from './words';

/** How far an operation is: done, failed, and what is left. */
export function OperationProgress({ operation: { progress, state }, size = 'sm' }: { operation: Pick<Operation, 'progress' | 'state'>; size?: 'sm' | 'lg' }) {
  const t = useOperationWords();
  const { done, failed, total } = progress;
  const part = (count: number): number => (total === 0 ? 0 : Math.min(100, (100 * count) / total));
  const label = t('progress.label', { done, total, failed });
  return (
    <Progress.Root size={size} w="100%" role="img" aria-label={label} title={label}>
      <Progress.Section value={total === 0 && state === 'succeeded' ? 100 : part(done)} color="teal" withAria={false} />
      <Progress.Section value={part(failed)} color="red" withAria={false} />
    </Progress.Root>
  );
}
