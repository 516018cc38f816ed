import { useTranslation } from 'react-i18next';

/** What a driver says in one language or both. */
export interface Said { en: string; ko?: string }

/** Gives what a driver says in the language in force; English where it says no other. */
export function useSaid(): (said: Said | null | undefined) => string {
  const { i18n } = useTranslation();
  return (said) => (i18n.language === 'ko' ? (said?.ko ?? said?.en) : said?.en) ?? '';
}
