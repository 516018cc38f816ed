import { ActionIcon, Box, CopyButton, Group, Tooltip } from '@mantine/core';
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useT } from '../i18n/words';

/** A button that copies a text. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useT();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('action.copied') : (label ?? t('action.copy'))}>
          <ActionIcon variant="subtle" color={copied ? 'teal' : 'gray'} onClick={copy} aria-label={label ?? t('action.copy')}>{copied ? <Check size={15} aria-hidden /> : <CopyIcon size={15} aria-hidden />}</ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A text for a terminal or a file, to be copied as a whole. */
export function CodeBlock({ text, label }: { text: string; label?: string }) {
  return (
    <Group gap={0} align="flex-start" wrap="nowrap" bg="var(--mantine-color-default-hover)" style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 8 }} p="xs">
      <Box component="pre" m={0} py={4} className="mono" tabIndex={0} aria-label={label} style={{ overflow: 'auto', flex: 1, maxHeight: 320, whiteSpace: 'pre' }}>{text}</Box>
      <Copy text={text} {...(label && { label })} />
    </Group>
  );
}
