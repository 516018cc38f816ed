import { Alert, Stack, Text } from '@mantine/core';
import { CloudAlert } from 'lucide-react';
import { ApiError, type CloudSaid } from '../../app/queries';
import { useFormat } from '../../i18n/format';
import { ErrorNote } from '../../patterns/error';
import { useConnectionWords } from './words';

const HELPED = ['UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_REQUEST', 'NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'PAYMENT_REQUIRED', 'QUOTA_EXCEEDED'];

/** A cloud's refusal in its own words, with its own code and request id, and what would help. */
export function CloudRefusal({ said, last = false }: { said: CloudSaid; last?: boolean }) {
  const t = useConnectionWords();
  const format = useFormat();
  const help = `help.${HELPED.includes(said.code) ? said.code : 'other'}` as 'help.other';
  return (
    <Alert color={last ? 'orange' : 'red'} icon={<CloudAlert size={18} aria-hidden />} title={t(last ? 'refused.last' : 'refused')} role="alert" data-refusal={said.code}>
      <Stack gap={4}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{said.message}</Text>
        <Text size="sm"><b>{t('refused.help')}:</b> {t(help)}</Text>
        <Text size="xs" className="mono" style={{ overflowWrap: 'anywhere' }}>
          {[said.code, said.httpStatus === undefined ? '' : `HTTP ${said.httpStatus}`, said.providerCode && `${t('refused.code')}: ${said.providerCode}`, said.providerRequestId && `${t('refused.request')}: ${said.providerRequestId}`, said.at && format.time(said.at)].filter(Boolean).join(' · ')}
        </Text>
      </Stack>
    </Alert>
  );
}

/** Why a change of a connection failed: the cloud's own words where it was the cloud. */
export function WhyNot({ error }: { error: Error }) {
  return error instanceof ApiError && error.problem.cloud ? <CloudRefusal said={error.problem.cloud} /> : <ErrorNote error={error} />;
}
