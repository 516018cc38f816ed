import { defineWords } from '../../i18n/define';

export const useCatalogueWords = defineWords('catalogue', {
  en: {
    'title': 'Catalogue', 'about': 'What all your clouds offer, with price, its source and its age.', 'specs': 'Specs', 'images': 'Images',
    'words.specs': 'e.g. seoul gpu m5', 'words.images': 'e.g. ubuntu 24.04 seoul', 'words': 'Words', 'filter.cloud': 'All clouds', 'filter.region': 'All regions', 'filter.vcpu': 'vCPU from', 'filter.vcpuMax': 'vCPU to', 'filter.memory': 'GiB from', 'filter.memoryMax': 'GiB to', 'filter.architecture': 'Any CPU', 'filter.gpu': 'GPU or not', 'gpu.with': 'With GPU', 'gpu.without': 'Without GPU', 'filter.price': 'Max USD / h', 'filter.os': 'Any system', 'filter.version': 'Version',
    'purchase': 'Purchase', 'purchase.on-demand': 'On demand', 'purchase.spot': 'Spot', 'sort': 'Order', 'sort.name': 'By name', 'sort.newest': 'Newest first',
    'column.spec': 'Spec', 'column.cloud': 'Cloud', 'column.connection': 'Connection', 'column.region': 'Region', 'column.vcpu': 'vCPU', 'column.memory': 'Memory', 'column.cpu': 'CPU', 'column.gpu': 'GPU', 'column.disk': 'Local disk', 'column.network': 'Network', 'column.zones': 'Zones', 'column.price': 'Price / h', 'column.month': 'Price / month', 'column.age': 'Price of', 'column.source': 'Source', 'column.perVcpu': 'Price / vCPU / h', 'column.perGib': 'Price / GiB / h', 'column.read': 'Read from the cloud', 'column.change': 'Change',
    'column.image': 'Image', 'column.os': 'System', 'column.version': 'Version', 'column.user': 'SSH user', 'column.minDisk': 'Least disk', 'column.made': 'Made', 'column.publisher': 'Publisher', 'column.id': 'Id', 'column.use': 'Use',
    'unit.gib': '{{value}} GiB', 'age_one': '{{count}} day old', 'age_other': '{{count}} days old', 'age.today': 'today', 'price.none': 'not known', 'price.simulated': 'simulated', 'price.simulatedHelp': 'Nobody publishes this price: it is an estimate.',
    'gpu': '{{count}} × {{model}}', 'zones.all': 'all', 'use': 'Use this', 'use.mci': 'Make an MCI with this', 'compare': 'Compare {{count}}', 'compare.rule': 'Choose two to four specs to compare them.',
    'compare.title': 'Compare specs', 'compare.best': 'best', 'compare.about': 'Side by side; the best of each row is marked.', 'compare.gone': 'not offered any more', 'back': 'Back to the catalogue', 'differs': 'Prices in different currencies are not compared.',
    'spec.price': 'Price', 'spec.size': 'What it is', 'history': 'Price history', 'history.none': 'No price was ever read.', 'history.gone': 'no price any more', 'history.one': 'The price has not changed since it was first read.', 'history.about': 'Each change as the catalogue was read.', 'history.chart': 'Price per hour over time', 'history.change': '{{percent}} %',
    'empty': 'Nothing is offered yet', 'emptyHelp': 'Connect a cloud and read its catalogue: then everything that it offers stands here, with prices.', 'empty.connect': 'To the connections', 'missing': 'This spec is not offered here any more', 'missingHelp': 'The cloud no longer lists it, or its connection is gone.',
  },
  ko: {
    'title': '카탈로그', 'about': '연결된 모든 클라우드의 제공 항목을 가격, 출처, 가격 시점과 함께 보여 줍니다.', 'specs': '스펙', 'images': '이미지',
    'words.specs': '예: seoul gpu m5', 'words.images': '예: ubuntu 24.04 seoul', 'words': '검색어', 'filter.cloud': '모든 클라우드', 'filter.region': '모든 리전', 'filter.vcpu': '최소 vCPU', 'filter.vcpuMax': '최대 vCPU', 'filter.memory': '최소 GiB', 'filter.memoryMax': '최대 GiB', 'filter.architecture': '모든 CPU', 'filter.gpu': 'GPU 무관', 'gpu.with': 'GPU 있음', 'gpu.without': 'GPU 없음', 'filter.price': '최대 USD/시간', 'filter.os': '모든 OS', 'filter.version': '버전',
    'purchase': '구매 방식', 'purchase.on-demand': '온디맨드', 'purchase.spot': '스팟', 'sort': '정렬', 'sort.name': '이름순', 'sort.newest': '최신순',
    'column.spec': '스펙', 'column.cloud': '클라우드', 'column.connection': '연결', 'column.region': '리전', 'column.vcpu': 'vCPU', 'column.memory': '메모리', 'column.cpu': 'CPU', 'column.gpu': 'GPU', 'column.disk': '로컬 디스크', 'column.network': '네트워크', 'column.zones': '영역', 'column.price': '시간당 가격', 'column.month': '월 가격', 'column.age': '가격 시점', 'column.source': '출처', 'column.perVcpu': 'vCPU당 시간 가격', 'column.perGib': 'GiB당 시간 가격', 'column.read': '클라우드에서 읽은 때', 'column.change': '변화',
    'column.image': '이미지', 'column.os': 'OS', 'column.version': '버전', 'column.user': 'SSH 사용자', 'column.minDisk': '최소 디스크', 'column.made': '생성일', 'column.publisher': '게시자', 'column.id': 'ID', 'column.use': '사용',
    'unit.gib': '{{value}} GiB', 'age_one': '{{count}}일 전', 'age_other': '{{count}}일 전', 'age.today': '오늘', 'price.none': '알 수 없음', 'price.simulated': '모의', 'price.simulatedHelp': '공개된 가격이 없어 모의로 정한 값입니다.',
    'gpu': '{{model}} {{count}}개', 'zones.all': '전체', 'use': '사용하기', 'use.mci': '이것으로 MCI 만들기', 'compare': '{{count}}개 비교', 'compare.rule': '비교하려면 스펙을 2~4개 선택하세요.',
    'compare.title': '스펙 비교', 'compare.best': '가장 좋음', 'compare.about': '나란히 비교하고, 행마다 가장 좋은 값을 표시합니다.', 'compare.gone': '더 이상 제공되지 않음', 'back': '카탈로그로 돌아가기', 'differs': '통화가 다른 가격은 비교하지 않습니다.',
    'spec.price': '가격', 'spec.size': '사양', 'history': '가격 이력', 'history.none': '읽은 가격이 없습니다.', 'history.gone': '가격이 사라짐', 'history.one': '처음 읽은 뒤로 가격이 바뀌지 않았습니다.', 'history.about': '카탈로그를 읽을 때마다 확인한 변경입니다.', 'history.chart': '시간에 따른 시간당 가격', 'history.change': '{{percent}}%',
    'empty': '아직 제공되는 것이 없습니다', 'emptyHelp': '클라우드를 연결하고 카탈로그를 읽으면 제공되는 모든 것이 가격과 함께 여기에 나타납니다.', 'empty.connect': '연결로 이동', 'missing': '이 스펙은 더 이상 제공되지 않습니다', 'missingHelp': '클라우드 목록에서 사라졌거나 연결이 삭제되었습니다.',
  },
});
