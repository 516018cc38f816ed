import { Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { gradesGrade } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { AsCode } from '../../patterns/as-code';
import { ErrorNote } from '../../patterns/error';
import { GradeMark, ProofMark } from './proof';
import type { Driver } from './queries';
import { useDriverWords } from './words';

/** What is proven of the version that serves: its letter, the reports that count, and each capability. */
export function GradeDetail({ driver }: { driver: Driver }) {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const { data, error, refetch } = useQuery({ queryKey: ['drivers', 'grade', driver.name, driver.hash], queryFn: () => gradesGrade({ path: { driver: driver.name } }) });
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  const counts = ({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): string => t('grade.checks', { passed: format.number(passed), failed: format.number(failed), skipped: format.number(skipped) });
  return (
    <Stack gap="lg">
      <Group><GradeMark grade={data} /><div><Text size="sm">{counts(data.counts)}</Text><Text size="xs" c="dimmed" maw={640}>{t('grade.help')}</Text></div></Group>
      <div>
        <Title order={2} size="h5" mb="xs">{t('grade.reports')}</Title>
        {data.reports.length === 0 ? <Text size="sm" c="dimmed">{t('grade.noReports').replaceAll('`', '')}</Text> : (
          <Table.ScrollContainer className="framed" minWidth={560} type="native" tabIndex={0} role="region" aria-label={t('grade.reports')}><Table>
            <Table.Thead><Table.Tr><Table.Th>{t('against')}</Table.Th><Table.Th>{t('source')}</Table.Th><Table.Th>{t('ranAt')}</Table.Th><Table.Th>{t('result')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{data.reports.map((report) => <Table.Tr key={report.id}><Table.Td><Group gap="xs"><ProofMark proof={report.proof} />{report.against}</Group></Table.Td><Table.Td>{t(`origin.${report.origin}`)}</Table.Td><Table.Td>{format.time(report.ranAt)}</Table.Td><Table.Td>{counts(report.counts)}</Table.Td></Table.Tr>)}</Table.Tbody>
          </Table></Table.ScrollContainer>
        )}
      </div>
      <Table.ScrollContainer className="framed" minWidth={560} type="native" tabIndex={0} role="region" aria-label={t('capabilities')}><Table verticalSpacing={6}>
        <Table.Thead><Table.Tr><Table.Th>{t('matrix.capability')}</Table.Th><Table.Th>{t('tab.grade')}</Table.Th><Table.Th>{t('result')}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>{data.capabilities.map((one) => (
          <Table.Tr key={one.capability}>
            <Table.Th scope="row" fw={500} className="mono">{one.capability}</Table.Th>
            <Table.Td><ProofMark proof={one.best} partly={one.partly} /></Table.Td>
            <Table.Td><Text size="xs">{one.proofs.map((proof) => `${t(`proof.${proof.proof}`)}: ${counts(proof)}`).join(' · ') || '—'}</Text></Table.Td>
          </Table.Tr>
        ))}</Table.Tbody>
      </Table></Table.ScrollContainer>
      <AsCode request={{ method: 'GET', path: `/v1/drivers/${driver.name}/grade` }} cli={`mcmp driver grade ${driver.name}`} />
    </Stack>
  );
}
