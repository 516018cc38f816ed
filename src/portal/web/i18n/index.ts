import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

/** Languages of the portal, each by its own name. */
export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'mcmp.language';
const wanted = (): Language => {
  const kept = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
  return kept === 'ko' ? 'ko' : 'en';
};

void i18next.use(initReactI18next).init({ lng: wanted(), fallbackLng: 'en', keySeparator: false, nsSeparator: false, resources: {}, interpolation: { escapeValue: false }, initAsync: false });
document.documentElement.lang = i18next.language;

/** The language in force. */
export const language = (): Language => i18next.language as Language;

/** Changes the language, and keeps it in this browser. */
export function setLanguage(next: Language): void {
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  void i18next.changeLanguage(next);
}
