import { Anchor, Badge, Box, Card, Collapse, Group, Text, Title, UnstyledButton } from '@mantine/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { PartFacts } from './facts';
import { COLORS, type Part, pageOfPart } from './types';
import { usePlatformWords } from './words';

/** Above this many, the figures of each are closed until asked for. */
const FEW = 3;

/** All parts of one kind. */
export function PartGroup({ title, parts }: { title: string; parts: readonly Part[] }) {
  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5" mb="xs">{title} <Text span size="sm" c="dimmed" fw={400}>{parts.length}</Text></Title>
      <Box component="ul" m={0} p={0} style={{ listStyle: 'none' }}>{parts.map((part) => <PartLine key={part.name} part={part} open={parts.length <= FEW} />)}</Box>
    </Card>
  );
}

function PartLine({ part, open }: { part: Part; open: boolean }) {
  const t = usePlatformWords();
  const [opened, setOpened] = useState(open);
  const body = useId();
  const page = pageOfPart(part);
  const facts = Object.keys(part.facts).length > 0;
  return (
    <Box component="li" py={6} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }} data-part={part.name} data-state={part.state}>
      <Group gap="sm" wrap="nowrap">
        {facts ? <UnstyledButton onClick={() => setOpened(!opened)} aria-expanded={opened} aria-controls={body} aria-label={t('facts.show', { name: part.name })} style={{ display: 'flex', flexShrink: 0 }}>{opened ? <ChevronDown size={18} aria-hidden /> : <ChevronRight size={18} aria-hidden />}</UnstyledButton> : <Box w={18} />}
        <Badge variant="light" color={COLORS[part.state]} tt="none" w={92} style={{ flexShrink: 0 }}>{t(`state.${part.state}`)}</Badge>
        <Text size="sm" fw={600} className="ellipsis" style={{ flex: '0 1 200px', minWidth: 90 }}>{page ? <Anchor component={Link} to={page} size="sm" fw={600}>{part.name}</Anchor> : part.name}</Text>
        <Text size="sm" c="dimmed" className="ellipsis" title={part.detail} style={{ flex: 1 }}>{part.detail}</Text>
      </Group>
      {facts && <Collapse expanded={opened} id={body}>{opened && <Box pl={30} pt={8} pb={4}><PartFacts part={part} /></Box>}</Collapse>}
    </Box>
  );
}
