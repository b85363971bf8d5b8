import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { language } from '../app/store';
import en from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

export type Language = 'en' | 'de';

export function languageNow(): Language {
  const chosen = language.get();
  if (chosen !== 'system') {
    return chosen;
  }
  return navigator.languages.find((l) => /^(de|en)\b/.test(l))?.startsWith('de') === true ? 'de' : 'en';
}

async function load(): Promise<void> {
  const wanted = languageNow();
  if (wanted === 'de' && !i18next.hasResourceBundle('de', 'translation')) {
    i18next.addResourceBundle('de', 'translation', (await import('./de')).default);
  }
  await i18next.changeLanguage(wanted);
  document.documentElement.lang = wanted;
}

/** English is part of the page; German comes when it is asked for. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await load();
  language.subscribe(() => void load());
}
