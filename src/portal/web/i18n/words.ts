import { defineWords } from './define';

/** Words that every page may need. */
export const useT = defineWords('portal', {
  en: {
    'login.title': 'Log in to M-CMP', 'login.intro': 'Many clouds, run as one.', 'login.username': 'User name', 'login.password': 'Password', 'login.submit': 'Log in',
    'login.first': 'First time? The first administrator is “admin”; its password was printed once where the server was started.',
    'session.expired': 'Your session is over', 'session.expiredHelp': 'Log in again as {{username}}. Nothing you typed is lost.', 'session.other': 'Another user', 'session.logout': 'Log out', 'session.role': 'Role: {{role}}',
    'menu': 'Menu', 'menu.home': 'World', 'menu.mcis': 'MCIs', 'menu.operations': 'Operations', 'menu.connections': 'Connections', 'menu.drivers': 'Drivers', 'menu.catalogue': 'Catalogue', 'menu.platform': 'Platform', 'menu.open': 'Open or close the menu',
    'skip': 'Skip to the content', 'project': 'Project', 'language': 'Language', 'theme': 'Light or dark', 'theme.light': 'Light', 'theme.dark': 'Dark', 'theme.auto': 'As the system', 'account': 'Account',
    'palette': 'Search', 'palette.hint': 'Search MCIs, pages and actions…', 'palette.nothing': 'Nothing found', 'palette.pages': 'Pages', 'palette.actions': 'Actions', 'palette.mcis': 'MCIs',
    'live.live': 'Live', 'live.stale': 'Not live: no news since {{time}}', 'live.connecting': 'Connecting…',
    'error.title': 'This did not work', 'error.unreachable': 'The server does not answer. It is asked again by itself.', 'error.retry': 'Try again', 'error.request': 'Request {{id}}', 'error.page': 'This page broke', 'error.notFound': 'There is no such page', 'error.home': 'To the map',
    'action.create': 'Create', 'action.cancel': 'Cancel', 'action.close': 'Close', 'action.delete': 'Delete', 'action.refresh': 'Refresh', 'action.more': 'More', 'action.copy': 'Copy', 'action.copied': 'Copied', 'action.back': 'Back', 'action.next': 'Next', 'action.save': 'Save', 'action.details': 'Details',
    'confirm.type': 'Type “{{name}}” to confirm', 'lacks': 'Your role “{{role}}” lacks the permission “{{permission}}”. Ask an administrator.',
    'list.search': 'Filter', 'list.empty': 'Nothing here yet', 'list.nothing': 'Nothing fits the filter', 'list.clear': 'Clear the filter', 'list.loading': 'Loading…', 'list.columns': 'Columns', 'list.selected': '{{count}} selected', 'list.rows_one': '{{count}} row', 'list.rows_other': '{{count}} rows', 'list.all': 'Select all',
    'state.planned': 'Planned', 'state.creating': 'Creating', 'state.running': 'Running', 'state.suspending': 'Suspending', 'state.suspended': 'Suspended', 'state.resuming': 'Resuming', 'state.rebooting': 'Rebooting', 'state.terminating': 'Terminating', 'state.terminated': 'Terminated', 'state.failed': 'Failed', 'state.deleting': 'Deleting', 'state.changing': 'Changing', 'state.partly-running': 'Partly running', 'state.mixed': 'Mixed', 'state.empty': 'Empty',
    'state.queued': 'Queued', 'state.cancelling': 'Cancelling', 'state.succeeded': 'Succeeded', 'state.cancelled': 'Cancelled', 'state.verified': 'Verified', 'state.unverified': 'Not verified', 'state.broken': 'Broken', 'state.ready': 'Ready', 'state.inactive': 'Inactive', 'state.installed': 'Installed', 'state.active': 'Active', 'state.done': 'Done',
    'map.zoomIn': 'Zoom in', 'map.zoomOut': 'Zoom out', 'map.whole': 'Whole world',
    'unit.perHour': '{{price}} / h', 'unit.perMonth': '{{price}} / month', 'unit.vms_one': '{{count}} VM', 'unit.vms_other': '{{count}} VMs', 'unit.none': 'none', 'unit.unknown': 'unknown',
  },
  ko: {
    'login.title': 'M-CMP 로그인', 'login.intro': '여러 클라우드를 하나처럼.', 'login.username': '사용자 이름', 'login.password': '비밀번호', 'login.submit': '로그인',
    'login.first': '처음이신가요? 첫 관리자는 “admin”이며, 비밀번호는 서버를 시작한 화면에 한 번 표시되었습니다.',
    'session.expired': '세션이 끝났습니다', 'session.expiredHelp': '{{username}}(으)로 다시 로그인하세요. 입력한 내용은 그대로 남아 있습니다.', 'session.other': '다른 사용자', 'session.logout': '로그아웃', 'session.role': '역할: {{role}}',
    'menu': '메뉴', 'menu.home': '세계', 'menu.mcis': 'MCI', 'menu.operations': '작업', 'menu.connections': '연결', 'menu.drivers': '드라이버', 'menu.catalogue': '카탈로그', 'menu.platform': '플랫폼', 'menu.open': '메뉴 열기 또는 닫기',
    'skip': '본문으로 건너뛰기', 'project': '프로젝트', 'language': '언어', 'theme': '밝게 또는 어둡게', 'theme.light': '밝게', 'theme.dark': '어둡게', 'theme.auto': '시스템 설정', 'account': '계정',
    'palette': '검색', 'palette.hint': 'MCI, 페이지, 동작 검색…', 'palette.nothing': '결과가 없습니다', 'palette.pages': '페이지', 'palette.actions': '동작', 'palette.mcis': 'MCI',
    'live.live': '실시간', 'live.stale': '실시간 아님: {{time}} 이후 소식 없음', 'live.connecting': '연결 중…',
    'error.title': '처리하지 못했습니다', 'error.unreachable': '서버가 응답하지 않습니다. 자동으로 다시 시도합니다.', 'error.retry': '다시 시도', 'error.request': '요청 {{id}}', 'error.page': '페이지에 문제가 생겼습니다', 'error.notFound': '그런 페이지가 없습니다', 'error.home': '지도로',
    'action.create': '만들기', 'action.cancel': '취소', 'action.close': '닫기', 'action.delete': '삭제', 'action.refresh': '새로 고침', 'action.more': '더 보기', 'action.copy': '복사', 'action.copied': '복사됨', 'action.back': '이전', 'action.next': '다음', 'action.save': '저장', 'action.details': '자세히',
    'confirm.type': '확인하려면 “{{name}}”을(를) 입력하세요', 'lacks': '역할 “{{role}}”에 “{{permission}}” 권한이 없습니다. 관리자에게 요청하세요.',
    'list.search': '필터', 'list.empty': '아직 아무것도 없습니다', 'list.nothing': '필터에 맞는 항목이 없습니다', 'list.clear': '필터 지우기', 'list.loading': '불러오는 중…', 'list.columns': '열', 'list.selected': '{{count}}개 선택됨', 'list.rows_one': '{{count}}행', 'list.rows_other': '{{count}}행', 'list.all': '모두 선택',
    'state.planned': '계획됨', 'state.creating': '생성 중', 'state.running': '실행 중', 'state.suspending': '일시 중지 중', 'state.suspended': '일시 중지됨', 'state.resuming': '재개 중', 'state.rebooting': '재부팅 중', 'state.terminating': '종료 중', 'state.terminated': '종료됨', 'state.failed': '실패', 'state.deleting': '삭제 중', 'state.changing': '변경 중', 'state.partly-running': '일부 실행 중', 'state.mixed': '섞여 있음', 'state.empty': '비어 있음',
    'state.queued': '대기 중', 'state.cancelling': '취소 중', 'state.succeeded': '성공', 'state.cancelled': '취소됨', 'state.verified': '확인됨', 'state.unverified': '확인 안 됨', 'state.broken': '고장', 'state.ready': '준비됨', 'state.inactive': '비활성', 'state.installed': '설치됨', 'state.active': '활성', 'state.done': '완료',
    'map.zoomIn': '확대', 'map.zoomOut': '축소', 'map.whole': '전체 보기',
    'unit.perHour': '시간당 {{price}}', 'unit.perMonth': '월 {{price}}', 'unit.vms_one': 'VM {{count}}대', 'unit.vms_other': 'VM {{count}}대', 'unit.none': '없음', 'unit.unknown': '알 수 없음',
  },
});
