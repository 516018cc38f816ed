import { Badge, Tooltip } from '@mantine/core';
import { BadgeCheck, CircleDashed, CircleHelp, FlaskConical, PlugZap, Radio } from 'lucide-react';
import type { Grade } from './queries';
import { useDriverWords } from './words';

type Proof = Grade['capabilities'][number]['best'];

const LOOKS = { 'real-service': ['teal', BadgeCheck], 'independent-emulator': ['blue', Radio], 'contract-wire': ['indigo', PlugZap], simulator: ['yellow', FlaskConical], unproven: ['gray', CircleDashed] } as const;

/** Against what something was proven last: a word, a mark and a colour. */
export function ProofMark({ proof, hint, partly }: { proof: Proof; hint?: string; partly?: Exclude<Proof, 'unproven'> | undefined }) {
  const t = useDriverWords();
  const [color, Icon] = LOOKS[proof];
  const label = [hint, partly && t('matrix.partly', { proof: t(`proof.${partly}`) })].filter(Boolean).join(' · ');
  const badge = <Badge variant="light" color={color} tt="none" fw={600} leftSection={<Icon size={12} aria-hidden />} data-proof={proof} style={{ minWidth: 'max-content', verticalAlign: 'middle' }}>{t(`proof.${proof}`)}</Badge>;
  return label === '' ? badge : <Tooltip label={label} multiline maw={420}>{badge}</Tooltip>;
}

/** The letter of a driver's grade. */
export function GradeMark({ grade }: { grade: Grade | undefined }) {
  const t = useDriverWords();
  if (!grade) return <span aria-hidden>…</span>;
  // Null where no report counts; the client's types, made from OpenAPI 3.0, know no null in an enum.
  if ((grade.letter as string | null) === null) return <Tooltip label={t('grade.noReports').replaceAll('`', '')} multiline maw={340}><CircleHelp size={16} style={{ verticalAlign: 'middle' }} role="img" aria-label={t('grade.none')} /></Tooltip>;
  return <Tooltip label={t('grade.help')} multiline maw={340}><Badge size="lg" circle variant="light" color={({ A: 'teal', B: 'blue', C: 'yellow', D: 'gray' } as const)[grade.letter]} aria-label={t('grade.letter', { letter: grade.letter })} role="img">{grade.letter}</Badge></Tooltip>;
}
