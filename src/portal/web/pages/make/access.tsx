import { ActionIcon, Alert, Button, Card, Checkbox, Group, List, NumberInput, Radio, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { Plus, ShieldAlert, Trash2 } from 'lucide-react';
import { useT } from '../../i18n/words';
import { type Access as Rule, type Draft, type Policy, SSH } from './draft';
import { cidrOk } from './problems';
import type { Suggestions } from './suggest';
import { useMakeWords } from './words';

const ANYWHERE = '0.0.0.0/0';
const USUAL = [
  { key: 'ssh', rule: SSH }, { key: 'http', rule: { protocol: 'tcp', fromPort: 80, toPort: 80, cidr: ANYWHERE } },
  { key: 'https', rule: { protocol: 'tcp', fromPort: 443, toPort: 443, cidr: ANYWHERE } }, { key: 'ping', rule: { protocol: 'icmp', cidr: ANYWHERE } },
] as const;
const POLICIES: Policy[] = ['continue', 'replace', 'refine', 'rollback'];
const same = (one: Rule, other: Rule): boolean => one.protocol === other.protocol && (one.fromPort ?? 0) === (other.fromPort ?? 0) && (one.toPort ?? one.fromPort ?? 0) === (other.toPort ?? other.fromPort ?? 0);

/** Third step: who may reach the VMs, how one logs in, and what happens where some cannot be made. */
export function AccessStep({ draft, suggestions, change }: { draft: Draft; suggestions: Suggestions; change(part: Partial<Draft>): void }) {
  const t = useMakeWords();
  const users = [...new Set([...suggestions.values()].flatMap(({ image }) => (image ? [image.sshUser] : [])))];
  const openSsh = draft.access.some((rule) => same(rule, SSH) && rule.cidr === ANYWHERE);
  const ssh = draft.access.some((rule) => rule.protocol === 'all' || (rule.protocol === 'tcp' && (rule.fromPort ?? 0) <= 22 && (rule.toPort ?? rule.fromPort ?? 65_535) >= 22));
  return (
    <Stack>
      <Rules draft={draft} change={change} />
      {openSsh && <Alert color="yellow" icon={<ShieldAlert size={18} aria-hidden />}>{t('access.sshOpen')}</Alert>}
      {!ssh && <Alert color="orange" icon={<ShieldAlert size={18} aria-hidden />}>{t('access.noSsh')}</Alert>}
      <Card withBorder radius="lg">
        <Title order={2} size="h5" mb="xs">{t('access.network')}</Title>
        <List size="sm" spacing={4}>
          <List.Item>{t('access.networkHelp')}</List.Item>
          <List.Item>{t('access.keyHelp')}</List.Item>
          <List.Item>{users.length > 0 ? t('access.user', { users: users.join(', ') }) : t('access.userUnknown')}</List.Item>
        </List>
      </Card>
      <Card withBorder radius="lg">
        <Radio.Group label={t('policy')} description={t('policy.help')} value={draft.policy} onChange={(policy) => change({ policy: policy as Policy })}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
            {POLICIES.map((policy) => (
              <Radio.Card key={policy} value={policy} p="sm" radius="md" aria-label={t(`policy.${policy}`)}>
                <Group wrap="nowrap" align="flex-start"><Radio.Indicator /><div><Text size="sm" fw={600}>{t(`policy.${policy}`)}</Text><Text size="xs" c="dimmed">{t(`policy.${policy}Help`)}</Text></div></Group>
              </Radio.Card>
            ))}
          </SimpleGrid>
        </Radio.Group>
      </Card>
    </Stack>
  );
}

function Rules({ draft: { access }, change }: { draft: Draft; change(part: Partial<Draft>): void }) {
  const t = useMakeWords();
  const set = (index: number, part: Partial<Rule>): void => change({ access: access.map((rule, nth) => (nth === index ? { ...rule, ...part } : rule)) });
  const remove = (index: number): void => change({ access: access.filter((_, nth) => nth !== index) });
  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5">{t('access.title')}</Title>
      <Text size="sm" c="dimmed" mb="sm">{t('access.help')}</Text>
      <Group gap="lg" mb="md">
        {USUAL.map(({ key, rule }) => {
          const at = access.findIndex((item) => same(item, rule));
          return <Checkbox key={key} label={t(`access.${key}`)} checked={at >= 0} onChange={() => (at >= 0 ? remove(at) : change({ access: [...access, { ...rule }] }))} />;
        })}
      </Group>
      <Stack gap="xs">
        {access.map((rule, index) => <RuleLine key={index} rule={rule} set={(part) => set(index, part)} remove={() => remove(index)} />)}
        {access.length === 0 && <Text size="sm" c="dimmed">{t('access.closed')}</Text>}
      </Stack>
      <Button mt="sm" size="xs" variant="subtle" style={{ alignSelf: 'flex-start' }} leftSection={<Plus size={14} aria-hidden />} disabled={access.length >= 50} onClick={() => change({ access: [...access, { protocol: 'tcp', fromPort: 8080, toPort: 8080, cidr: ANYWHERE }] })}>{t('access.add')}</Button>
    </Card>
  );
}

function RuleLine({ rule, set, remove }: { rule: Rule; set(part: Partial<Rule>): void; remove(): void }) {
  const t = useMakeWords();
  const say = useT();
  const ported = rule.protocol === 'tcp' || rule.protocol === 'udp';
  const cidr = rule.cidr ?? ANYWHERE;
  const port = (value: string | number): { fromPort?: number } => (typeof value === 'number' ? { fromPort: value } : {});
  return (
    <Group gap="xs" align="flex-start">
      <Select size="xs" w={110} aria-label={t('access.protocol')} data={[{ value: 'tcp', label: 'TCP' }, { value: 'udp', label: 'UDP' }, { value: 'icmp', label: 'ICMP' }, { value: 'all', label: t('access.all') }]} value={rule.protocol} allowDeselect={false} onChange={(protocol) => set(protocol === 'tcp' || protocol === 'udp' ? { protocol } : { protocol: protocol as Rule['protocol'], fromPort: undefined, toPort: undefined })} />
      <NumberInput size="xs" w={96} aria-label={t('access.from')} disabled={!ported} value={rule.fromPort ?? ''} placeholder={t('access.allPorts')} min={1} max={65_535} allowDecimal={false} onChange={(value) => set({ ...port(value), ...(rule.toPort === rule.fromPort && typeof value === 'number' && { toPort: value }) })} />
      <Text size="sm" pt={4} aria-hidden>–</Text>
      <NumberInput size="xs" w={96} aria-label={t('access.to')} disabled={!ported} value={rule.toPort ?? ''} placeholder={t('access.allPorts')} min={1} max={65_535} allowDecimal={false} onChange={(value) => typeof value === 'number' && set({ toPort: value })} error={ported && rule.fromPort !== undefined && rule.toPort !== undefined && rule.fromPort > rule.toPort ? t('access.portRule') : undefined} />
      <Text size="sm" pt={4}>{t('access.fromWhere')}</Text>
      <Select size="xs" w={150} aria-label={t('access.fromWhere')} data={[{ value: 'any', label: t('access.anywhere') }, { value: 'range', label: t('access.range') }]} value={cidr === ANYWHERE ? 'any' : 'range'} allowDeselect={false} onChange={(value) => set({ cidr: value === 'any' ? ANYWHERE : '10.0.0.0/8' })} />
      {cidr !== ANYWHERE && <TextInput size="xs" w={170} aria-label={t('access.cidr')} value={cidr} placeholder="203.0.113.0/24" error={cidrOk(cidr) ? undefined : t('access.cidrRule')} onChange={(event) => set({ cidr: event.currentTarget.value.trim() })} spellCheck={false} />}
      <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={say('action.delete')}><Trash2 size={15} aria-hidden /></ActionIcon>
    </Group>
  );
}
