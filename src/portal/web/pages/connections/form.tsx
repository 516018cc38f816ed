import { Button, Card, Checkbox, Collapse, Divider, Group, Select, Stack, Switch, TagsInput, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { iamWorkspaces } from '../../generated/sdk.gen';
import { Allowed } from '../../patterns/allowed';
import { AsCode, type ApiRequest } from '../../patterns/as-code';
import { type Draft, brokenRules, refusedFields } from './draft';
import { ManifestField } from './field';
import type { Driver, Field } from './queries';
import { WhyNot } from './refusal';
import { useConnectionWords } from './words';

const optional = ({ required }: Field): boolean => !required;

/**
 * The form of a connection, made from the manifest of its driver. What is wrong is said at the field, when it was left or sent.
 * @param existing whether it changes a connection; its credential then stays unless a new one is wanted.
 */
export function ConnectionForm({ driver, begin, existing, send, cancel, code, regionIds = [] }: {
  driver: Driver; begin: Draft; existing: boolean; send(draft: Draft): Promise<unknown>; cancel: ReactNode; code(draft: Draft): { request: ApiRequest; cli: string }; regionIds?: string[];
}) {
  const t = useConnectionWords();
  const [draft, setDraft] = useState(begin);
  const [left, setLeft] = useState<Record<string, true>>({});
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const [refused, setRefused] = useState<Record<string, string>>({});
  const broken = brokenRules(draft, driver);
  const change = (part: Partial<Draft>, field: string): void => {
    setDraft({ ...draft, ...part });
    setRefused(({ [field]: _gone, ...others }) => others);
  };
  const leave = (field: string) => (): void => setLeft((now) => ({ ...now, [field]: true }));
  const wrong = (field: string): string | undefined => {
    const rule = broken[field];
    return rule && (sent || left[field]) ? t(rule.rule, { pattern: rule.pattern ?? '' }) : refused[field];
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    const [first] = Object.keys(broken);
    if (first !== undefined) return void document.querySelector<HTMLElement>(`[name="${first.split('.').at(-1)}"]`)?.focus();
    setBusy(true);
    setError(undefined);
    send(draft).catch((reason: unknown) => {
      const why = reason instanceof Error ? reason : new Error(String(reason));
      setError(why);
      setRefused(refusedFields(why));
    }).finally(() => setBusy(false));
  };
  const group = (of: 'credential' | 'options', fields: readonly Field[]) => fields.map((field) => (
    <ManifestField key={field.name} field={field} value={draft[of][field.name] ?? ''} leave={leave(`${of}.${field.name}`)} error={wrong(`${of}.${field.name}`)} change={(value) => change({ [of]: { ...draft[of], [field.name]: value } }, `${of}.${field.name}`)} />
  ));
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="lg" maw={680}>
        <Card withBorder radius="lg"><Stack>
          <TextInput name="name" label={t('form.name')} description={t('form.nameHelp')} value={draft.name} onChange={(event) => change({ name: event.currentTarget.value }, 'name')} onBlur={leave('name')} error={wrong('name')} required autoComplete="off" spellCheck={false} autoCapitalize="none" data-autofocus />
          {!existing && <WorkspaceChoice value={draft.workspaceId} change={(workspaceId) => change({ workspaceId }, 'workspaceId')} />}
          {driver.endpoint !== 'none' && <TextInput name="endpoint" type="url" label={t('form.endpoint')} description={t(driver.endpoint === 'required' ? 'form.endpointHelp' : 'form.endpointOptional')} value={draft.endpoint} onChange={(event) => change({ endpoint: event.currentTarget.value.trim() }, 'endpoint')} onBlur={leave('endpoint')} error={wrong('endpoint')} required={driver.endpoint === 'required'} autoComplete="off" spellCheck={false} />}
          {group('options', driver.options.filter((field) => !optional(field)))}
        </Stack></Card>
        {driver.credential.length > 0 && (
          <Card withBorder radius="lg"><Stack>
            <div><Title order={2} size="h5">{t('form.credential')}</Title><Text size="sm" c="dimmed">{existing && !draft.newCredential ? t('form.kept') : t('form.credentialHelp')}</Text></div>
            {existing && <Switch label={t('form.new')} description={t('form.newHelp')} checked={draft.newCredential} onChange={(event) => change({ newCredential: event.currentTarget.checked }, 'credential')} />}
            {draft.newCredential && group('credential', driver.credential)}
          </Stack></Card>
        )}
        <More label={t('form.options')} shown={existing}>
          <TagsInput name="regions" label={t('form.regions')} description={t('form.regionsHelp')} data={regionIds} value={draft.regions} onChange={(regions) => change({ regions }, 'regions')} splitChars={[',', ' ']} acceptValueOnBlur error={Object.keys(refused).some((field) => field.startsWith('regions')) ? Object.entries(refused).find(([field]) => field.startsWith('regions'))?.[1] : undefined} clearable />
          {group('options', driver.options.filter(optional))}
          <Divider />
          <Checkbox label={t('form.verify')} description={draft.verify ? undefined : t('form.verifyOff')} checked={draft.verify} onChange={(event) => change({ verify: event.currentTarget.checked }, 'verify')} />
        </More>
        {error && <WhyNot error={error} />}
        <Group justify="flex-end"><Text size="sm" c="dimmed" role="status">{busy && draft.verify ? t('form.asking') : ''}</Text>{cancel}<Allowed permission={existing ? 'connection:update' : 'connection:create'}><Button type="submit" loading={busy}>{t(existing ? 'form.save' : 'form.create')}</Button></Allowed></Group>
        <AsCode {...code(draft)} />
      </Stack>
    </form>
  );
}

/** What few people need, closed until it is asked for. */
function More({ label, shown, children }: { label: string; shown: boolean; children: ReactNode }) {
  const [opened, { toggle }] = useDisclosure(shown);
  return (
    <Card withBorder radius="lg" py="sm">
      <Button variant="transparent" color="gray" px={0} size="compact-md" style={{ alignSelf: 'flex-start' }} aria-expanded={opened} onClick={toggle} leftSection={opened ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}>{label}</Button>
      <Collapse expanded={opened}><Stack pt="sm">{children}</Stack></Collapse>
    </Card>
  );
}

/** For whom it is made; asked only where there is a choice. */
function WorkspaceChoice({ value, change }: { value: string | null; change(id: string | null): void }) {
  const t = useConnectionWords();
  const { data } = useQuery({ queryKey: ['workspaces'], queryFn: () => iamWorkspaces({ query: { pageSize: 200 } }) });
  if (!data || data.items.length < 2) return null;
  return <Select name="workspaceId" label={t('form.workspace')} data={data.items.map(({ id, name }) => ({ value: id, label: name }))} value={value ?? data.items[0]!.id} onChange={change} allowDeselect={false} />;
}
