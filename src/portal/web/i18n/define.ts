import './index';
import i18next from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

type Base<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K;
type Values = Record<string, string | number>;

/** Says a word by its key, with values for its `{{places}}`; `count` chooses between `key_one` and `key_other`. */
export type Say<K extends string> = (key: Base<K>, values?: Values) => string;

/**
 * Registers the words of a page in both languages (the compiler holds Korean to the keys of English) and gives the hook that says them.
 * @param area unique name, e.g. `mcis`.
 */
export function defineWords<K extends string>(area: string, words: { en: Record<K, string>; ko: Record<K, string> }): () => Say<K> {
  i18next.addResourceBundle('en', area, words.en);
  i18next.addResourceBundle('ko', area, words.ko);
  return () => {
    const { t, i18n } = useTranslation(area);
    // A new function with each language, so that what remembers it changes with it.
    return useMemo(() => (key: string, values?: Values) => t(key, values as never) as unknown as string, [t, i18n.language]);
  };
}
