import { Button, Card, Collapse, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { SquareTerminal } from 'lucide-react';
import { useState } from 'react';
import { useT } from '../i18n/words';
import { CodeBlock } from './copy';

/** A request of the API as the page would send it. */
export interface ApiRequest { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: unknown; /** Bytes that are sent instead, as curl names them. */ file?: string; /** Whether it takes a key that makes it safe to repeat. */ repeatable?: boolean }

/** A word of a shell, quoted only where it must be. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The same request by `curl`; the token stays in the shell's own variable. */
export function curlOf({ method, path, body, file, repeatable }: ApiRequest, origin = window.location.origin): string {
  const lines = [`curl${method === 'GET' ? '' : ` -X ${method}`} ${shellWord(origin + path)}`, '-H "Authorization: Bearer $TOKEN"'];
  if (repeatable) lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${shellWord(JSON.stringify(body, null, 2))}`);
  if (file !== undefined) lines.push("-H 'Content-Type: application/octet-stream'", `--data-binary @${shellWord(file)}`);
  return lines.join(' \\\n  ');
}

/** What a page does, to be done by a script: by `curl`, by the command line, and the body alone. Closed until it is asked for. */
export function AsCode({ request, cli, opened: first = false }: { request: ApiRequest; cli?: string; opened?: boolean }) {
  const t = useT();
  const [opened, { toggle }] = useDisclosure(first);
  const forms = [...(cli === undefined ? [] : [{ value: 'mcmp', label: 'mcmp', text: cli }]), { value: 'curl', label: 'curl', text: curlOf(request) }, ...(request.body === undefined ? [] : [{ value: 'json', label: 'JSON', text: JSON.stringify(request.body, null, 2) }])];
  const [wanted, setWanted] = useState(forms[0]!.value);
  const form = forms.find(({ value }) => value === wanted) ?? forms[0]!;
  return (
    <div>
      <Button variant="subtle" color="gray" size="compact-sm" leftSection={<SquareTerminal size={15} aria-hidden />} onClick={toggle} aria-expanded={opened}>{t('code.title')}</Button>
      <Collapse expanded={opened}>
        {opened && (
          <Card withBorder mt="xs" p="sm" radius="md">
            <Stack gap="xs">
              <Group justify="space-between">
                <SegmentedControl size="xs" data={forms.map(({ value, label }) => ({ value, label }))} value={form.value} onChange={setWanted} aria-label={t('code.title')} />
                {form.value === 'curl' && <Text size="xs" c="dimmed">{t('code.token')}</Text>}
              </Group>
              <CodeBlock text={form.text} label={form.label} />
            </Stack>
          </Card>
        )}
      </Collapse>
    </div>
  );
}
