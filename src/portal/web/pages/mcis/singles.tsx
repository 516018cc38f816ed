import { useMemo } from 'react';
import { type Column, List } from '../../patterns/list';
import { useCommandWords } from './command-words';
import type { CommandResults } from './types';

type Answer = CommandResults['groups'][number];
const LEAST = 4;
const LONGEST = 200;

/** An answer of one line by one VM alone. */
const isShort = ({ vms, stdout, stderr, error, truncated }: Answer): boolean => vms.length === 1 && stderr === '' && error === null && !truncated && stdout.trimEnd().length <= LONGEST && !stdout.trimEnd().includes('\n');

/** Short answers that no two VMs share are better read as a table; the others stay as they are. */
export function splitAnswers(answers: readonly Answer[]): { singles: Answer[]; others: Answer[] } {
  const singles = answers.filter(isShort);
  return singles.length < LEAST ? { singles: [], others: [...answers] } : { singles, others: answers.filter((answer) => !isShort(answer)) };
}

/** Those, one row each. */
export function Singles({ answers, label }: { answers: readonly Answer[]; label: string }) {
  const t = useCommandWords();
  const columns = useMemo<Column<Answer>[]>(() => [
    { id: 'vm', title: 'VM', value: ({ vms }) => vms[0] ?? '', width: 220 },
    { id: 'exit', title: t('exitCode'), value: ({ exitCode }) => exitCode, end: true, width: 110 },
    { id: 'output', title: t('output'), value: ({ stdout }) => stdout.trimEnd(), cell: ({ stdout }) => <span className="mono" title={stdout}>{stdout.trimEnd() || t('silent')}</span> },
  ], [t]);
  return <List id="mci-answers" label={label} rows={answers} columns={columns} rowId={({ vms }) => vms[0] ?? ''} height={480} />;
}
