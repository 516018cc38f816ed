import { useTranslation } from 'react-i18next';
import { defineWords } from '../i18n/define';

/** What the API says by a code, in the language of the page: titles of refusals, and what would help against a failure. */
export const useApiWords = defineWords('api', {
  en: {
    'problem.INVALID_REQUEST': 'The request is not right', 'problem.UNAUTHENTICATED': 'You are not logged in', 'problem.PAYMENT_REQUIRED': 'The cloud account is in arrears', 'problem.FORBIDDEN': 'Your role does not allow this', 'problem.NOT_FOUND': 'There is no such thing',
    'problem.ALREADY_EXISTS': 'There is one of this name already', 'problem.CONFLICT': 'It changed meanwhile', 'problem.IN_USE': 'It is still needed', 'problem.GONE': 'It is gone', 'problem.PAYLOAD_TOO_LARGE': 'This is too large', 'problem.UNPROCESSABLE': 'This cannot be done so',
    'problem.QUOTA_EXCEEDED': 'A quota of the cloud is reached', 'problem.OUT_OF_CAPACITY': 'The cloud has none left here', 'problem.UNSUPPORTED': 'The cloud cannot do this', 'problem.CLOUD_ERROR': 'The cloud failed', 'problem.RATE_LIMITED': 'Too many requests', 'problem.INTERNAL': 'The server failed', 'problem.UNAVAILABLE': 'The server is not ready', 'problem.TIMEOUT': 'It took too long',
    'help.UNAUTHENTICATED': 'Renew the credential of the connection and verify it.', 'help.FORBIDDEN': 'Give the connection’s account the permission that the message names.', 'help.QUOTA_EXCEEDED': 'Ask the cloud for a higher quota, delete what is not needed, or choose another region.', 'help.PAYMENT_REQUIRED': 'Settle the account with the cloud.',
    'help.OUT_OF_CAPACITY': 'Choose another zone, region or spec, or let VMs that fail be replaced elsewhere.', 'help.UNSUPPORTED': 'Choose a spec or image that this region offers.', 'help.INVALID_REQUEST': 'Correct the field that the message names.', 'help.RATE_LIMITED': 'Nothing: the platform goes on as fast as the cloud allows.', 'help.UNAVAILABLE': 'Nothing: the platform goes on when the cloud answers again.', 'help.TIMEOUT': 'Nothing: the platform goes on when the cloud answers again.',
  },
  ko: {
    'problem.INVALID_REQUEST': '요청이 올바르지 않습니다', 'problem.UNAUTHENTICATED': '로그인되어 있지 않습니다', 'problem.PAYMENT_REQUIRED': '클라우드 계정의 요금이 미납 상태입니다', 'problem.FORBIDDEN': '현재 역할로는 할 수 없습니다', 'problem.NOT_FOUND': '대상을 찾을 수 없습니다',
    'problem.ALREADY_EXISTS': '같은 이름이 이미 있습니다', 'problem.CONFLICT': '그 사이에 변경되었습니다', 'problem.IN_USE': '아직 사용 중입니다', 'problem.GONE': '더 이상 존재하지 않습니다', 'problem.PAYLOAD_TOO_LARGE': '크기가 너무 큽니다', 'problem.UNPROCESSABLE': '이대로는 처리할 수 없습니다',
    'problem.QUOTA_EXCEEDED': '클라우드 할당량에 도달했습니다', 'problem.OUT_OF_CAPACITY': '클라우드에 남은 용량이 없습니다', 'problem.UNSUPPORTED': '클라우드가 지원하지 않습니다', 'problem.CLOUD_ERROR': '클라우드에서 오류가 발생했습니다', 'problem.RATE_LIMITED': '요청이 너무 많습니다', 'problem.INTERNAL': '서버에서 오류가 발생했습니다', 'problem.UNAVAILABLE': '서버가 아직 준비되지 않았습니다', 'problem.TIMEOUT': '시간이 너무 오래 걸렸습니다',
    'help.UNAUTHENTICATED': '연결의 자격 증명을 새로 등록하고 확인하세요.', 'help.FORBIDDEN': '메시지에 나온 권한을 연결에 쓰는 계정에 부여하세요.', 'help.QUOTA_EXCEEDED': '클라우드에 할당량 증가를 요청하거나, 필요 없는 것을 삭제하거나, 다른 리전을 선택하세요.', 'help.PAYMENT_REQUIRED': '클라우드 계정의 요금을 정산하세요.',
    'help.OUT_OF_CAPACITY': '다른 영역, 리전 또는 스펙을 선택하거나, 실패한 VM을 다른 곳에서 대체하도록 하세요.', 'help.UNSUPPORTED': '이 리전에서 제공하는 스펙이나 이미지를 선택하세요.', 'help.INVALID_REQUEST': '메시지에 나온 항목을 고치세요.', 'help.RATE_LIMITED': '할 일이 없습니다. 클라우드가 허용하는 속도로 계속 진행됩니다.', 'help.UNAVAILABLE': '할 일이 없습니다. 클라우드가 다시 응답하면 계속 진행됩니다.', 'help.TIMEOUT': '할 일이 없습니다. 클라우드가 다시 응답하면 계속 진행됩니다.',
  },
});

/** Title of a refusal by its code; undefined where the code is not known here. */
export function useProblemTitle(): (code: string | undefined) => string | undefined {
  const t = useApiWords();
  const { i18n } = useTranslation();
  return (code) => (i18n.exists(`problem.${code ?? ''}`, { ns: 'api' }) ? t(`problem.${code ?? ''}` as 'problem.GONE') : undefined);
}

/** What would help against a failure, by its code; what the API says where the code is not known here. */
export function useAdvice(): (code: string, said?: string) => string | undefined {
  const t = useApiWords();
  const { i18n } = useTranslation();
  return (code, said) => (i18n.exists(`help.${code}`, { ns: 'api' }) ? t(`help.${code}` as 'help.TIMEOUT') : said);
}
