import { Anchor, Box, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useSaid } from '../../i18n/said';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';
import { GradeMark, ProofMark } from './proof';
import { type Driver, type Grade, useDrivers, useGrades } from './queries';
import { useDriverWords } from './words';

/** What each driver can do, and against what that was proven. */
export function Matrix() {
  const t = useDriverWords();
  const say = useT();
  const said = useSaid();
  const { data, error, refetch } = useDrivers();
  const grades = useGrades(data);
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  const drivers = data.filter(({ state }) => state === 'ready');
  const counted = new Map<string, number>();
  for (const { capabilities } of drivers) for (const one of capabilities) counted.set(one, (counted.get(one) ?? 0) + 1);
  const capabilities = [...counted].sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1)).map(([name]) => name);
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={760}>{t('matrix.about')}</Text>
      <Box pos="relative" tabIndex={0} role="region" aria-label={t('tab.matrix')} bg="var(--mantine-color-body)" style={{ overflow: 'auto', maxHeight: 'max(360px, calc(100dvh - 290px))', border: '1px solid var(--mantine-color-default-border)', borderRadius: 10 }}>
        <Table stickyHeader highlightOnHover verticalSpacing={5}>
          <Table.Thead><Table.Tr>
            <Table.Th>{t('matrix.capability')}</Table.Th>
            {drivers.map((driver) => <Table.Th key={driver.name} scope="col"><Group gap={6} wrap="nowrap"><Anchor component={Link} to={`/drivers/${driver.name}?tab=grade`} size="sm" fw={650}>{said(driver.title) || driver.name}</Anchor><GradeMark grade={grades.get(driver.name)} /></Group><Text size="xs" c="dimmed">{driver.version}</Text></Table.Th>)}
          </Table.Tr></Table.Thead>
          <Table.Tbody>{capabilities.map((capability) => (
            <Table.Tr key={capability}><Table.Th scope="row" fw={500} className="mono">{capability}</Table.Th>{drivers.map((driver) => <Table.Td key={driver.name}><Cell driver={driver} capability={capability} grade={grades.get(driver.name)} /></Table.Td>)}</Table.Tr>
          ))}</Table.Tbody>
        </Table>
      </Box>
    </Stack>
  );
}

function Cell({ driver, capability, grade }: { driver: Driver; capability: string; grade: Grade | undefined }) {
  const t = useDriverWords();
  if (!driver.capabilities.includes(capability)) return <Text span c="dimmed" size="sm"><span aria-hidden>—</span><span className="hidden-text">{t('matrix.absent')}</span></Text>;
  const graded = grade?.capabilities.find((one) => one.capability === capability);
  const proof = graded?.proofs.find((one) => one.proof === graded.best);
  return <ProofMark proof={graded?.best ?? 'unproven'} partly={graded?.partly} {...(proof && { hint: `${proof.against} · ${t(`origin.${proof.origin}`)} · ${proof.passed} / ${proof.passed + proof.failed + proof.skipped}` })} />;
}
