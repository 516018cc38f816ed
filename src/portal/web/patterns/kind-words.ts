import { useCallback } from 'react';
import { defineWords } from '../i18n/define';
import { useFormat } from '../i18n/format';

/** Kinds of operations that there are. */
export const KINDS = ['mci.create', 'mci.scale-out', 'mci.scale-in', 'mci.suspend', 'mci.resume', 'mci.reboot', 'mci.terminate', 'mci.delete', 'mci.command', 'connection.sync'] as const;
type Kind = (typeof KINDS)[number];

const useKindWords = defineWords('kinds', {
  en: { 'mci.create': 'Make MCI', 'mci.scale-out': 'Add VMs', 'mci.scale-in': 'Remove VMs', 'mci.suspend': 'Suspend', 'mci.resume': 'Resume', 'mci.reboot': 'Reboot', 'mci.terminate': 'Terminate', 'mci.delete': 'Delete MCI', 'mci.command': 'Run command', 'connection.sync': 'Read catalogue' },
  ko: { 'mci.create': 'MCI 만들기', 'mci.scale-out': 'VM 추가', 'mci.scale-in': 'VM 제거', 'mci.suspend': '일시 중지', 'mci.resume': '재개', 'mci.reboot': '재부팅', 'mci.terminate': '종료', 'mci.delete': 'MCI 삭제', 'mci.command': '명령 실행', 'connection.sync': '카탈로그 읽기' },
});

const DEEDS: Record<string, 'run' | 'suspended' | 'gone' | 'deleted'> = { 'mci.create': 'run', 'mci.scale-out': 'run', 'mci.resume': 'run', 'mci.reboot': 'run', 'mci.suspend': 'suspended', 'mci.terminate': 'gone', 'mci.scale-in': 'gone', 'mci.delete': 'deleted' };

const useOutcomeWords = defineWords('outcome', {
  en: { 'run': '{{done}} of {{total}} VMs run.', 'suspended': '{{done}} of {{total}} VMs are suspended.', 'gone': '{{done}} of {{total}} VMs are gone.', 'deleted': 'The MCI and everything that it stood on are gone.', 'command': '{{done}} of {{total}} VMs answered with exit code 0.', 'read_one': '{{count}} region: {{specs}} specs, {{images}} images, {{prices}} prices.', 'read_other': '{{count}} regions: {{specs}} specs, {{images}} images, {{prices}} prices.' },
  ko: { 'run': 'VM {{total}}대 중 {{done}}대가 실행 중입니다.', 'suspended': 'VM {{total}}대 중 {{done}}대를 일시 중지했습니다.', 'gone': 'VM {{total}}대 중 {{done}}대를 종료했습니다.', 'deleted': 'MCI와 관련 자원을 모두 삭제했습니다.', 'command': 'VM {{total}}대 중 {{done}}대가 종료 코드 0으로 끝났습니다.', 'read_one': '리전 {{count}}곳: 스펙 {{specs}}개, 이미지 {{images}}개, 가격 {{prices}}개.', 'read_other': '리전 {{count}}곳: 스펙 {{specs}}개, 이미지 {{images}}개, 가격 {{prices}}개.' },
});

interface Told { kind: string; state: string; message: string | null; progress: { done: number; failed: number; total: number }; result?: Record<string, unknown> | null }

/** What came of an operation, in the language in force where its figures tell it; else in the server's own words. */
export function useOutcome(): (operation: Told) => string | null {
  const t = useOutcomeWords();
  const format = useFormat();
  return useCallback(({ kind, state, message, progress, result }: Told) => {
    if (kind === 'mci.command' && (state === 'succeeded' || state === 'failed')) return t('command', { done: progress.done, total: progress.total });
    if (state !== 'succeeded' || progress.failed > 0) return message;
    const deed = DEEDS[kind];
    if (deed) return t(deed, { done: format.number(progress.done), total: format.number(progress.total) });
    const figure = (key: string): number => (typeof result?.[key] === 'number' ? result[key] : 0);
    return kind === 'connection.sync' && result ? t('read', { count: figure('regions'), specs: format.number(figure('specs')), images: format.number(figure('images')), prices: format.number(figure('prices')) }) : message;
  }, [t, format]);
}

/** What a kind of operation is called; one that is not known here by its own name. */
export function useKind(): (kind: string) => string {
  const t = useKindWords();
  return useCallback((kind: string) => ((KINDS as readonly string[]).includes(kind) ? t(kind as Kind) : kind), [t]);
}
