import { Accordion, Badge, Button, Group, JsonInput, Loader, Select, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { callsFunctions, callsRun } from '../../generated/sdk.gen';
import type { CallsFunctionsResponse } from '../../generated/types.gen';
import { useSaid } from '../../i18n/said';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { AsCode, shellWord } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { CodeBlock } from '../../patterns/copy';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { useFunctionWords } from './function-words';
import { useOwnRegions } from './places';
import type { Connection } from './queries';
import { WhyNot } from './refusal';
import { type FieldValue, type SchemaField, fieldsOf, inputOf } from './schema';

type DriverFunction = CallsFunctionsResponse['items'][number];

/** What the driver of a connection can do beyond what all can, each with a form made from its schema. */
export function Functions({ connection }: { connection: Connection }) {
  const t = useFunctionWords();
  const say = useT();
  const said = useSaid();
  const { data, error, refetch } = useQuery({ queryKey: ['drivers', 'functions', connection.driver], queryFn: () => callsFunctions({ path: { driver: connection.driver } }) });
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  if (data.items.length === 0) return <Empty title={t('none', { driver: connection.driver })} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t('about', { driver: connection.driver })}</Text>
      <Accordion variant="separated" radius="lg" order={2} keepMounted={false} styles={{ item: { background: 'var(--mantine-color-body)', borderColor: 'var(--mantine-color-default-border)' } }}>
        {data.items.map((one) => (
          <Accordion.Item key={one.name} value={one.name}>
            <Accordion.Control><Group gap="sm"><Text fw={600}>{said(one.title)}</Text><Badge variant="light" color={one.read ? 'gray' : 'orange'} tt="none">{t(one.read ? 'reads' : 'changes')}</Badge></Group></Accordion.Control>
            <Accordion.Panel><Call of={one} connection={connection} /></Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

function Call({ of, connection }: { of: DriverFunction; connection: Connection }) {
  const t = useFunctionWords();
  const said = useSaid();
  const { regions } = useOwnRegions(connection);
  const fields = useMemo(() => fieldsOf(of.input), [of]);
  const ids = regions?.filter(({ enabled }) => enabled).map(({ id, name }) => ({ value: id, label: `${id} · ${name}` })) ?? [];
  const [wanted, setWanted] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, FieldValue>>({});
  const [json, setJson] = useState('{}');
  const [sent, setSent] = useState(false);
  const [asking, setAsking] = useState(false);
  const region = wanted ?? ids[0]?.value;
  const parsed = useMemo((): { input: unknown; why?: string } => {
    if (fields) return { input: inputOf(fields, values) };
    try {
      return { input: JSON.parse(json) as unknown };
    } catch (error) {
      return { input: undefined, why: (error as Error).message };
    }
  }, [fields, values, json]);
  const body = { connection: connection.name, ...(region !== undefined && { region }), input: parsed.input } as Parameters<typeof callsRun>[0]['body'];
  const path = `/v1/drivers/${connection.driver}/functions/${of.name}`;
  const call = useMutation({ mutationFn: () => callsRun({ path: { driver: connection.driver, function: of.name }, body: { ...body, connection: connection.id } }) });
  const wrong = ({ name, property, required }: SchemaField): string | undefined => {
    const value = values[name];
    if (required && property.type !== 'boolean' && (value === undefined || value === '' || (Array.isArray(value) && value.length === 0))) return t('required');
    return (property.type === 'number' || property.type === 'integer') && value !== undefined && value !== '' && !Number.isFinite(Number(value)) ? t('number') : undefined;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (parsed.why !== undefined || fields?.some((field) => wrong(field) !== undefined)) return;
    if (of.read) call.mutate();
    else setAsking(true);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={680}>
        {of.description && <Text size="sm">{said(of.description)}</Text>}
        <Select label={t('region')} data={ids} value={region ?? null} onChange={setWanted} searchable allowDeselect={false} />
        {fields?.map((field) => <FunctionField key={field.name} field={field} value={values[field.name]} error={sent ? wrong(field) : undefined} change={(value) => setValues({ ...values, [field.name]: value })} />)}
        {fields?.length === 0 && <Text size="xs" c="dimmed">{t('input.none')}</Text>}
        {!fields && <JsonInput label={t('input')} value={json} onChange={setJson} autosize minRows={4} maxRows={16} error={parsed.why && t('input.bad', { why: parsed.why })} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />}
        <Group justify="flex-end"><Allowed permission="driver:call"><Button type="submit" loading={call.isPending}>{t('run')}</Button></Allowed></Group>
        <AsCode request={{ method: 'POST', path, body }} cli={[`mcmp driver run ${connection.driver} ${of.name}`, `--connection ${connection.name}`, ...(region === undefined ? [] : [`--region ${shellWord(region)}`]), `--input ${shellWord(JSON.stringify(parsed.input))}`].join(' \\\n  ')} />
        {call.error && <WhyNot error={call.error} />}
        <div role="status">{call.data && <Stack gap={4}><Text size="xs" c="dimmed">{t('took', { driver: call.data.driver, version: call.data.version })}</Text><CodeBlock text={JSON.stringify(call.data.output, null, 2)} label={t('output')} /></Stack>}</div>
      </Stack>
      <Confirm opened={asking} close={() => setAsking(false)} title={t('confirm', { title: said(of.title) })} verb={t('run')} color="orange" act={() => call.mutateAsync()}><Text size="sm">{t('confirm.help', { connection: connection.name })}</Text></Confirm>
    </form>
  );
}

function FunctionField({ field: { name, property, required }, value, error, change }: { field: SchemaField; value: FieldValue | undefined; error: string | undefined; change(value: FieldValue): void }) {
  const t = useFunctionWords();
  const shared = { label: property.title ?? name, description: property.description, error, required, withAsterisk: required };
  if (property.enum) return <Select {...shared} data={property.enum as string[]} value={typeof value === 'string' && value !== '' ? value : null} onChange={(next) => change(next ?? '')} clearable={!required} />;
  if (property.type === 'boolean') return <Switch label={shared.label} description={shared.description} checked={value === true} onChange={(event) => change(event.currentTarget.checked)} />;
  if (property.type === 'array') return <TagsInput {...shared} description={shared.description ?? t('item')} value={Array.isArray(value) ? value : []} onChange={change} acceptValueOnBlur />;
  return <TextInput {...shared} value={typeof value === 'string' ? value : ''} onChange={(event) => change(event.currentTarget.value)} inputMode={property.type === 'string' ? undefined : 'decimal'} autoComplete="off" spellCheck={false} />;
}
