import { defineWords } from '../../i18n/define';

export const useFunctionWords = defineWords('functions', {
  en: {
    'about': 'What the driver “{{driver}}” offers beyond what all clouds have in common.', 'none': 'The driver “{{driver}}” offers no functions of its own', 'reads': 'reads only', 'changes': 'changes something',
    'region': 'Region', 'input': 'Input (JSON)', 'input.bad': 'This is not JSON: {{why}}', 'input.none': 'Takes no input.', 'required': 'Is required', 'run': 'Call', 'output': 'Answer', 'took': 'Answered by {{driver}} {{version}}', 'confirm': 'Call “{{title}}”', 'confirm.help': 'This function may change something in the cloud account of “{{connection}}”.', 'number': 'Must be a number', 'item': 'One value per entry',
  },
  ko: {
    'about': '모든 클라우드의 공통 기능 외에 드라이버 “{{driver}}”에서 제공하는 기능입니다.', 'none': '드라이버 “{{driver}}”에는 고유 기능이 없습니다', 'reads': '읽기 전용', 'changes': '변경할 수 있음',
    'region': '리전', 'input': '입력 (JSON)', 'input.bad': 'JSON이 아닙니다: {{why}}', 'input.none': '입력이 없습니다.', 'required': '필수 항목입니다', 'run': '호출', 'output': '응답', 'took': '{{driver}} {{version}}의 응답', 'confirm': '“{{title}}” 호출', 'confirm.help': '이 기능은 “{{connection}}”의 클라우드 계정을 변경할 수 있습니다.', 'number': '숫자여야 합니다', 'item': '항목마다 값 하나',
  },
});
