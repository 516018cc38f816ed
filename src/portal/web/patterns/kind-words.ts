import { useCallback } from 'react';
import { defineWords } from '../i18n/define';

/** Kinds of operations that there are. */
export const KINDS = ['mci.create', 'mci.scale-out', 'mci.scale-in', 'mci.suspend', 'mci.resume', 'mci.reboot', 'mci.terminate', 'mci.delete', 'mci.command', 'connection.sync'] as const;
type Kind = (typeof KINDS)[number];

const useKindWords = defineWords('kinds', {
  en: { 'mci.create': 'Make MCI', 'mci.scale-out': 'Add VMs', 'mci.scale-in': 'Remove VMs', 'mci.suspend': 'Suspend', 'mci.resume': 'Resume', 'mci.reboot': 'Reboot', 'mci.terminate': 'Terminate', 'mci.delete': 'Delete MCI', 'mci.command': 'Run command', 'connection.sync': 'Read catalogue' },
  ko: { 'mci.create': 'MCI 만들기', 'mci.scale-out': 'VM 추가', 'mci.scale-in': 'VM 제거', 'mci.suspend': '일시 중지', 'mci.resume': '재개', 'mci.reboot': '재부팅', 'mci.terminate': '종료', 'mci.delete': 'MCI 삭제', 'mci.command': '명령 실행', 'connection.sync': '카탈로그 읽기' },
});

/** What a kind of operation is called; one that is not known here by its own name. */
export function useKind(): (kind: string) => string {
  const t = useKindWords();
  return useCallback((kind: string) => ((KINDS as readonly string[]).includes(kind) ? t(kind as Kind) : kind), [t]);
}
