import { Box, Button, Collapse, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ChevronDown, ChevronRight, Code2 } from 'lucide-react';
import { stringify } from 'yaml';
import { CodeBlock } from '../../patterns/copy';
import type { Body } from './draft';
import { useMakeWords } from './words';

/** The same request for a terminal or a program: CLI, curl, JSON. */
export function AsCode({ body, project, verb }: { body: Body; project: string; verb: 'plan' | 'create' }) {
  const t = useMakeWords();
  const [opened, { toggle }] = useDisclosure(false);
  const json = JSON.stringify(body, null, 2);
  const path = `/v1/projects/${encodeURIComponent(project)}/mcis${verb === 'plan' ? '/plan' : ''}`;
  // A quote inside single quotes of a shell is written as '\''.
  const quoted = json.replaceAll("'", "'\\''");
  const file = `${body.name || 'mci'}.yaml`;
  const cli = `cat > ${file} <<'EOF'\n${stringify(body, { lineWidth: 0 })}EOF\nmcmp mci create -f ${file}${project === 'default' ? '' : ` --project ${project}`}${verb === 'plan' ? ' --dry-run' : ' --watch'}\n`;
  const curl = `curl -s ${window.location.origin}${path} \\\n  -H "authorization: Bearer $TOKEN" \\\n  -H 'content-type: application/json' \\\n${verb === 'create' ? '  -H "idempotency-key: $(uuidgen)" \\\n' : ''}  -d '${quoted}'\n`;
  return (
    <Box>
      <Button size="xs" variant="subtle" color="gray" aria-expanded={opened} onClick={toggle} leftSection={<Code2 size={15} aria-hidden />} rightSection={opened ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}>{t('code')}</Button>
      <Collapse expanded={opened}>
        {opened && (
          <Tabs defaultValue="cli" mt="xs" keepMounted={false}>
            <Tabs.List aria-label={t('code')}><Tabs.Tab value="cli">{t('code.cli')}</Tabs.Tab><Tabs.Tab value="curl">curl</Tabs.Tab><Tabs.Tab value="json">JSON</Tabs.Tab></Tabs.List>
            <Tabs.Panel value="cli" pt="xs"><CodeBlock text={cli} label={t('code.cli')} /></Tabs.Panel>
            <Tabs.Panel value="curl" pt="xs"><CodeBlock text={curl} label="curl" /></Tabs.Panel>
            <Tabs.Panel value="json" pt="xs"><CodeBlock text={json} label="JSON" /></Tabs.Panel>
          </Tabs>
        )}
      </Collapse>
    </Box>
  );
}
