import { Card, Stack, Text, Title } from '@mantine/core';
import { useProject } from '../../app/project';
import { curlOf } from '../../patterns/as-code';
import { CodeBlock } from '../../patterns/copy';
import type { MciDetail } from './types';
import { useMciWords } from './words';

/** The same MCI for scripts: by the command line, by `curl`, and as the API tells it. */
export function MciCode({ mci }: { mci: MciDetail }) {
  const t = useMciWords();
  const base = `/v1/projects/${encodeURIComponent(useProject())}/mcis/${mci.name}`;
  const group = mci.groups[0]?.name ?? 'web';
  const commands = [`mcmp mci show ${mci.name} -o yaml`, `mcmp vm list ${mci.name} --state running`, `mcmp mci command ${mci.name} -- uname -a`, `mcmp mci suspend ${mci.name} --watch`, `mcmp mci scale ${mci.name} ${group} ${(mci.groups[0]?.size ?? 1) + 1} --watch`, `mcmp vm ssh ${mci.name}/${group}-1`, `mcmp mci delete ${mci.name} --watch`];
  const curls = [curlOf({ method: 'GET', path: base }), curlOf({ method: 'GET', path: `${base}/vms?pageSize=200` }), curlOf({ method: 'POST', path: `${base}/actions`, body: { action: 'suspend' } })];
  return (
    <Card withBorder radius="lg">
      <Stack>
        <div><Title order={2} size="h5" mb={4}>mcmp</Title><CodeBlock text={commands.join('\n')} label="mcmp" /></div>
        <div><Title order={2} size="h5" mb={4}>curl</Title><Text size="xs" c="dimmed" mb={4}>{t('code.token')}</Text><CodeBlock text={curls.join('\n\n')} label="curl" /></div>
        <div><Title order={2} size="h5" mb={4}>JSON</Title><CodeBlock text={JSON.stringify(mci, null, 2)} label="JSON" /></div>
      </Stack>
    </Card>
  );
}
