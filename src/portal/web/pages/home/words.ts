import { defineWords } from '../../i18n/define';

export const useHomeWords = defineWords('home', {
  en: {
    'title': 'World', 'map': 'World map of regions and VMs', 'running': 'Running', 'price': 'Price per hour', 'failed': 'Failed', 'waiting': 'Under way', 'places_one': '{{count}} place', 'places_other': '{{count}} places', 'unpriced_one': '{{count}} VM without a known price', 'unpriced_other': '{{count}} VMs without a known price',
    'filter.cloud': 'All clouds', 'filter.label': 'Label, e.g. team=shop', 'filter.state': 'All states', 'filter.labelRule': 'A label is key=value',
    'create': 'Make an MCI',
    'empty.connections': 'Connect your first cloud', 'empty.connectionsHelp': 'A connection is a credential for a cloud. Its regions then appear on the map.',
    'empty.vmsHelp': 'Ask for VMs in any of these regions, on all clouds at once: you see the plan and the price before anything is made.',
    'panel.make': 'Make VMs here', 'guide.title': 'Welcome to M-CMP', 'guide.help': 'Three steps to VMs that run on several clouds.', 'guide.connected_one': '{{count}} cloud account is connected', 'guide.connected_other': '{{count}} cloud accounts are connected', 'guide.simulated': 'Connect {{count}} simulated clouds', 'guide.own': 'Connect a cloud of your own', 'guide.connecting': 'The clouds are being connected…', 'guide.try': 'No account at hand? Started so, M-CMP brings ten simulated clouds along:', 'guide.make': 'Make an MCI', 'guide.makeOn_one': 'Suggest one on {{count}} cloud', 'guide.makeOn_other': 'Suggest one on {{count}} clouds', 'guide.makeOwn': 'Begin from nothing', 'guide.run': 'Watch it run', 'guide.runHelp': 'The map shows every VM as it comes up; commands and terminals reach them at once.',
    'panel.chosen': 'Chosen', 'panel.regions_one': '{{count}} region', 'panel.regions_other': '{{count}} regions', 'panel.nothing': 'No VMs here', 'panel.mcis': 'MCIs', 'panel.catalogue': '{{specs}} specs, {{images}} images', 'panel.zones': 'Zones: {{zones}}', 'panel.hint': 'Choose a place here or on the map to see what is there.', 'panel.top': 'Where your VMs are', 'panel.rest_one': 'and {{count}} more place', 'panel.rest_other': 'and {{count}} more places', 'failures': 'Why VMs failed', 'operations': 'Latest operations', 'operations.all': 'All operations', 'noPlace': 'No coordinates are known for: {{regions}}',
  },
  ko: {
    'title': '세계 지도', 'map': '리전과 VM의 세계 지도', 'running': '실행 중', 'price': '시간당 가격', 'failed': '실패', 'waiting': '진행 중', 'places_one': '위치 {{count}}곳', 'places_other': '위치 {{count}}곳', 'unpriced_one': '가격을 알 수 없는 VM {{count}}대', 'unpriced_other': '가격을 알 수 없는 VM {{count}}대',
    'filter.cloud': '모든 클라우드', 'filter.label': '레이블 (예: team=shop)', 'filter.state': '모든 상태', 'filter.labelRule': '레이블은 키=값 형식입니다',
    'create': 'MCI 만들기',
    'empty.connections': '첫 클라우드를 연결하세요', 'empty.connectionsHelp': '연결은 클라우드의 자격 증명입니다. 연결하면 리전이 지도에 나타납니다.',
    'empty.vmsHelp': '여러 클라우드의 어느 리전에든 한 번에 VM을 요청하세요. 만들기 전에 계획과 가격을 먼저 볼 수 있습니다.',
    'panel.make': '여기에 VM 만들기', 'guide.title': 'M-CMP에 오신 것을 환영합니다', 'guide.help': '세 단계면 여러 클라우드에서 VM이 실행됩니다.', 'guide.connected_one': '클라우드 계정 {{count}}개가 연결되었습니다', 'guide.connected_other': '클라우드 계정 {{count}}개가 연결되었습니다', 'guide.simulated': '모의 클라우드 {{count}}개 연결', 'guide.own': '내 클라우드 연결', 'guide.connecting': '클라우드를 연결하는 중…', 'guide.try': '계정이 없나요? 이렇게 시작하면 모의 클라우드 열 개가 함께 실행됩니다:', 'guide.make': 'MCI 만들기', 'guide.makeOn_one': '클라우드 {{count}}개에 제안받기', 'guide.makeOn_other': '클라우드 {{count}}개에 제안받기', 'guide.makeOwn': '처음부터 만들기', 'guide.run': '실행 지켜보기', 'guide.runHelp': '지도에 VM이 하나씩 나타나고, 바로 명령과 터미널로 접근할 수 있습니다.',
    'panel.chosen': '선택됨', 'panel.regions_one': '리전 {{count}}곳', 'panel.regions_other': '리전 {{count}}곳', 'panel.nothing': '여기에는 VM이 없습니다', 'panel.mcis': 'MCI', 'panel.catalogue': '스펙 {{specs}}개, 이미지 {{images}}개', 'panel.zones': '영역: {{zones}}', 'panel.hint': '여기나 지도에서 위치를 선택하면 내용을 볼 수 있습니다.', 'panel.top': 'VM이 있는 곳', 'panel.rest_one': '외 {{count}}곳', 'panel.rest_other': '외 {{count}}곳', 'failures': 'VM 실패 원인', 'operations': '최근 작업', 'operations.all': '모든 작업', 'noPlace': '좌표를 알 수 없는 리전: {{regions}}',
  },
});
