import { defineWords } from '../../i18n/define';

export const usePlatformWords = defineWords('platform', {
  en: {
    'title': 'Platform', 'about': 'How M-CMP itself is: what is broken, why, and what would help.', 'asOf': 'As of {{time}}', 'again': 'Look again',
    'all.ok': 'Everything works', 'all.unknown': 'Something is not known', 'all.degraded': 'Something is not as it should be', 'all.down': 'Something is broken',
    'state.ok': 'Well', 'state.unknown': 'Unknown', 'state.degraded': 'Degraded', 'state.down': 'Down',
    'problems': 'What needs attention', 'problems.none': 'Nothing needs attention.', 'help': 'What would help', 'since': 'since {{time}}', 'open': 'Open',
    'kind.server': 'Servers', 'kind.database': 'Database', 'kind.work': 'Work', 'kind.driver': 'Drivers', 'kind.connection': 'Connections',
    'column.state': 'State', 'column.name': 'Name', 'column.detail': 'How it is', 'column.since': 'Since',
    'facts.show': 'Figures of {{name}}', 'forbidden': 'This page is for administrators', 'forbiddenHelp': 'It tells of all workspaces and of the machines below. Your role “{{role}}” lacks the permission “platform:diagnose”.',
    'fact.version': 'Version', 'fact.node': 'Node.js', 'fact.host': 'Host', 'fact.pid': 'Process', 'fact.memoryMiB': 'Memory', 'fact.cpuPercent': 'CPU', 'fact.longestPauseMs': 'Longest pause', 'fact.uptime': 'Up for',
    'fact.sizeMiB': 'Size', 'fact.connections': 'Connections', 'fact.connectionsMost': 'of at most', 'fact.answerMs': 'Answers in',
    'fact.running': 'Running jobs', 'fact.due': 'Due jobs', 'fact.failing': 'Failing jobs', 'fact.oldestDueSeconds': 'Oldest waits', 'fact.operationsUnderWay': 'Operations under way', 'fact.serversAtWork': 'Servers at work',
    'fact.processes': 'Processes', 'fact.calls': 'Calls', 'fact.errors': 'Errors', 'fact.crashes': 'Crashes', 'fact.callsUnderWay': 'Calls under way',
    'fact.cloud': 'Cloud', 'fact.driver': 'Driver', 'fact.verifiedAt': 'Verified', 'fact.syncedAt': 'Catalogue read', 'fact.syncing': 'Being read', 'fact.regions': 'Regions', 'fact.regionsUnread': 'not read yet', 'fact.regionsFailing': 'failing', 'yes': 'yes', 'no': 'no', 'never': 'never',
  },
  ko: {
    'title': '플랫폼', 'about': 'M-CMP 자체의 상태입니다. 무엇이 왜 고장 났는지, 무엇을 하면 되는지 알려 줍니다.', 'asOf': '{{time}} 기준', 'again': '다시 확인',
    'all.ok': '모두 정상입니다', 'all.unknown': '알 수 없는 부분이 있습니다', 'all.degraded': '제대로 동작하지 않는 부분이 있습니다', 'all.down': '고장 난 부분이 있습니다',
    'state.ok': '정상', 'state.unknown': '알 수 없음', 'state.degraded': '저하됨', 'state.down': '중단됨',
    'problems': '살펴볼 것', 'problems.none': '살펴볼 것이 없습니다.', 'help': '해결 방법', 'since': '{{time}}부터', 'open': '열기',
    'kind.server': '서버', 'kind.database': '데이터베이스', 'kind.work': '작업 처리', 'kind.driver': '드라이버', 'kind.connection': '연결',
    'column.state': '상태', 'column.name': '이름', 'column.detail': '내용', 'column.since': '시점',
    'facts.show': '{{name}} 수치', 'forbidden': '관리자용 페이지입니다', 'forbiddenHelp': '모든 워크스페이스와 서버 정보를 보여 주기 때문입니다. 역할 “{{role}}”에는 “platform:diagnose” 권한이 없습니다.',
    'fact.version': '버전', 'fact.node': 'Node.js', 'fact.host': '호스트', 'fact.pid': '프로세스', 'fact.memoryMiB': '메모리', 'fact.cpuPercent': 'CPU', 'fact.longestPauseMs': '최대 멈춤', 'fact.uptime': '가동 시간',
    'fact.sizeMiB': '크기', 'fact.connections': '연결', 'fact.connectionsMost': '최대', 'fact.answerMs': '응답 시간',
    'fact.running': '실행 중인 일', 'fact.due': '대기 중인 일', 'fact.failing': '실패 중인 일', 'fact.oldestDueSeconds': '가장 오래된 대기', 'fact.operationsUnderWay': '진행 중인 작업', 'fact.serversAtWork': '일하는 서버',
    'fact.processes': '프로세스', 'fact.calls': '호출', 'fact.errors': '오류', 'fact.crashes': '비정상 종료', 'fact.callsUnderWay': '진행 중인 호출',
    'fact.cloud': '클라우드', 'fact.driver': '드라이버', 'fact.verifiedAt': '확인', 'fact.syncedAt': '카탈로그 읽음', 'fact.syncing': '읽는 중', 'fact.regions': '리전', 'fact.regionsUnread': '아직 읽지 않음', 'fact.regionsFailing': '실패', 'yes': '예', 'no': '아니요', 'never': '없음',
  },
});
