import { defineWords } from '../../i18n/define';

export const useOperationWords = defineWords('operations', {
  en: {
    'title': 'Operations', 'about': 'Long work, the newest first. It goes on by itself whatever happens to a server.',
    'empty': 'Nothing was done yet', 'emptyHelp': 'Whatever takes longer than a moment appears here: making an MCI, commands, reading a catalogue.',
    'filter.state': 'All states', 'filter.kind': 'All kinds', 'filter.target': 'Name of the target', 'filter.since': 'Since ever', 'filter.scope': 'Whose', 'filter.all': 'All projects', 'filter.project': 'Project {{name}}',
    'since.hour': 'Last hour', 'since.day': 'Last 24 hours', 'since.week': 'Last 7 days', 'since.month': 'Last 30 days',
    'column.kind': 'Operation', 'column.target': 'Target', 'column.state': 'State', 'column.progress': 'Progress', 'column.began': 'Asked', 'column.took': 'Took', 'column.message': 'Message',
    
    'progress': '{{done}} of {{total}}', 'progress.failed': '{{count}} failed', 'progress.label': 'Progress: {{done}} of {{total}} done, {{failed}} failed', 'elapsed': 'Time', 'asked': 'Asked', 'target': 'Target', 'id': 'Copy the id',
    'cancel': 'Cancel operation', 'cancel.title': 'Cancel this operation?', 'cancel.help': 'What it has done so far stays as it is, unless its policy says otherwise. What the cloud is doing right now is still finished.',
    'errors': 'What went wrong', 'errors.count_one': '{{count}} target', 'errors.count_other': '{{count}} targets', 'errors.help': 'What would help', 'errors.more': '{{count}} more',
    'parts': 'By place', 'parts.flat': 'One by one', 'parts.none': 'The things that this operation worked on have moved on to a later operation, or are gone.', 'parts.attempt': 'try {{count}}', 'parts.show': 'Show', 'parts.first': 'The first {{count}} are shown.',
    'part.waiting': 'Waiting', 'part.working': 'Under way', 'part.done': 'Done', 'part.failed': 'Failed', 'part.cancelled': 'Cancelled', 'part.name': 'Name', 'part.state': 'State', 'part.took': 'Took', 'part.why': 'Why',
    'timeline': 'What happened', 'at.asked': 'Asked for', 'at.began': 'Began', 'at.progress': '{{done}} of {{total}} done', 'at.error_one': '{{code}}: {{count}} target', 'at.error_other': '{{code}}: {{count}} targets', 'at.cancelling': 'Cancel asked', 'at.succeeded': 'Succeeded', 'at.failed': 'Failed', 'at.cancelled': 'Cancelled', 'at.lost': 'The server went away', 'at.lostNote': 'Work goes on when a server is back, from where it stopped.', 'at.back': 'The server is back; nothing was missed', 'at.steps': '{{count}} reports',
    'log': 'Log', 'log.level': 'Least level', 'log.info': 'All', 'log.warn': 'Warnings', 'log.error': 'Errors', 'log.copy': 'Copy these lines', 'log.none': 'Nothing was logged, or it is older than 14 days.', 'log.noneOfLevel': 'No line of this level.',
    'stale': 'Not live since {{time}}: what you see may be old. It is asked again by itself.', 'resumed': 'Resumed', 'resumed.help': 'A server went away in the middle; the work went on from where it stopped.',
  },
  ko: {
    'title': '작업', 'about': '오래 걸리는 작업을 최신순으로 보여 줍니다. 서버에 무슨 일이 생겨도 스스로 계속됩니다.',
    'empty': '아직 작업이 없습니다', 'emptyHelp': 'MCI 만들기, 명령 실행, 카탈로그 읽기처럼 시간이 걸리는 일이 여기에 나타납니다.',
    'filter.state': '모든 상태', 'filter.kind': '모든 종류', 'filter.target': '대상 이름', 'filter.since': '전체 기간', 'filter.scope': '범위', 'filter.all': '모든 프로젝트', 'filter.project': '프로젝트 {{name}}',
    'since.hour': '최근 1시간', 'since.day': '최근 24시간', 'since.week': '최근 7일', 'since.month': '최근 30일',
    'column.kind': '작업', 'column.target': '대상', 'column.state': '상태', 'column.progress': '진행률', 'column.began': '요청', 'column.took': '소요 시간', 'column.message': '메시지',
    
    'progress': '{{total}} 중 {{done}}', 'progress.failed': '{{count}}개 실패', 'progress.label': '진행률: {{total}}개 중 {{done}}개 완료, {{failed}}개 실패', 'elapsed': '시간', 'asked': '요청', 'target': '대상', 'id': 'ID 복사',
    'cancel': '작업 취소', 'cancel.title': '이 작업을 취소할까요?', 'cancel.help': '지금까지 한 일은 정책에 다른 규정이 없으면 그대로 남습니다. 클라우드가 지금 하고 있는 일은 끝까지 진행됩니다.',
    'errors': '문제가 된 것', 'errors.count_one': '대상 {{count}}개', 'errors.count_other': '대상 {{count}}개', 'errors.help': '해결 방법', 'errors.more': '외 {{count}}개',
    'parts': '위치별', 'parts.flat': '하나씩', 'parts.none': '이 작업의 대상은 이후 작업으로 넘어갔거나 더 이상 없습니다.', 'parts.attempt': '{{count}}번째 시도', 'parts.show': '보기', 'parts.first': '처음 {{count}}개만 표시합니다.',
    'part.waiting': '대기', 'part.working': '진행 중', 'part.done': '완료', 'part.failed': '실패', 'part.cancelled': '취소됨', 'part.name': '이름', 'part.state': '상태', 'part.took': '소요 시간', 'part.why': '원인',
    'timeline': '일어난 일', 'at.asked': '요청됨', 'at.began': '시작됨', 'at.progress': '{{total}}개 중 {{done}}개 완료', 'at.error_one': '{{code}}: 대상 {{count}}개', 'at.error_other': '{{code}}: 대상 {{count}}개', 'at.cancelling': '취소 요청됨', 'at.succeeded': '성공', 'at.failed': '실패', 'at.cancelled': '취소됨', 'at.lost': '서버 연결이 끊어졌습니다', 'at.lostNote': '서버가 돌아오면 멈춘 곳부터 작업이 이어집니다.', 'at.back': '서버가 돌아왔습니다. 놓친 것은 없습니다', 'at.steps': '보고 {{count}}건',
    'log': '로그', 'log.level': '최소 수준', 'log.info': '전체', 'log.warn': '경고', 'log.error': '오류', 'log.copy': '이 줄 복사', 'log.none': '로그가 없거나 14일이 지났습니다.', 'log.noneOfLevel': '이 수준의 로그가 없습니다.',
    'stale': '{{time}}부터 실시간이 아니어서 표시된 내용이 오래되었을 수 있습니다. 자동으로 다시 확인합니다.', 'resumed': '이어서 진행됨', 'resumed.help': '중간에 서버가 사라졌지만 멈춘 곳부터 작업이 이어졌습니다.',
  },
});
