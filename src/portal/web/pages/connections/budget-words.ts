import { defineWords } from '../../i18n/define';

export const useBudgetWords = defineWords('budget', {
  en: {
    'about': 'A cloud lets an account make only so many calls. All connections to one account and all servers share this budget; persons go before background work.',
    'account': 'Account', 'servers': 'Servers that call', 'none': 'Nothing was asked of this cloud within the last hour', 'noneHelp': 'What is used appears here as soon as something is asked.',
    'everywhere': 'all regions', 'rest': 'All other calls', 'source.manifest': 'published limit', 'source.learned': 'learned from refusals', 'source.none': 'no known limit',
    'rate': 'In force', 'perSecond.calls': '{{rate}} calls/s', 'perSecond.items': '{{rate}} items/s', 'itemsHelp': 'Counts the things that calls name, e.g. the VMs of one request', 'of': 'of {{limit}}/s', 'burst': 'burst {{count}}', 'ready': 'May be sent now', 'kept': '{{count}} of them kept for persons', 'waiting': 'Waiting', 'paused': 'Paused until {{time}}',
    'minute': 'Last minute', 'hour': 'Last hour', 'used.calls_one': '{{count}} call', 'used.calls_other': '{{count}} calls', 'used.items_one': '{{count}} item', 'used.items_other': '{{count}} items', 'throttled': '{{count}} refused as too many', 'by': 'Used by',
    'purpose.person': 'Persons', 'purpose.provisioning': 'Making and changing', 'purpose.reconcile': 'Looking after', 'purpose.inventory': 'Catalogue', 'others': 'other workspaces', 'all': 'Show all {{count}} budgets',
  },
  ko: {
    'about': '클라우드는 계정마다 호출 수를 제한합니다. 한 계정의 모든 연결과 모든 서버가 이 예산을 함께 쓰며, 사람의 요청이 배경 작업보다 먼저입니다.',
    'account': '계정', 'servers': '호출하는 서버', 'none': '지난 한 시간 동안 이 클라우드에 요청한 것이 없습니다', 'noneHelp': '무언가 요청하면 여기에 바로 나타납니다.',
    'everywhere': '모든 리전', 'rest': '그 밖의 모든 호출', 'source.manifest': '공개된 한도', 'source.learned': '거부에서 알아낸 한도', 'source.none': '알려진 한도 없음',
    'rate': '현재 속도', 'perSecond.calls': '초당 {{rate}}회', 'perSecond.items': '초당 {{rate}}개', 'itemsHelp': '호출에 담긴 대상의 수를 셉니다 (예: 한 요청의 VM 수)', 'of': '(한도 초당 {{limit}})', 'burst': '순간 최대 {{count}}', 'ready': '지금 보낼 수 있음', 'kept': '그중 사람 몫 {{count}}', 'waiting': '대기 중', 'paused': '{{time}}까지 멈춤',
    'minute': '지난 1분', 'hour': '지난 1시간', 'used.calls_one': '호출 {{count}}회', 'used.calls_other': '호출 {{count}}회', 'used.items_one': '대상 {{count}}개', 'used.items_other': '대상 {{count}}개', 'throttled': '초과로 거부 {{count}}', 'by': '사용한 곳',
    'purpose.person': '사람', 'purpose.provisioning': '생성과 변경', 'purpose.reconcile': '상태 확인', 'purpose.inventory': '카탈로그', 'others': '다른 워크스페이스', 'all': '예산 {{count}}개 모두 보기',
  },
});
