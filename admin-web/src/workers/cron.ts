import { useQuery } from '@tanstack/react-query';
import { languageNow } from '../i18n';
import { language, useSetting } from '../app/store';

/** A cron expression in words, one line for each of its parts; empty until the words have come, and for what has none. */
export function useCronWords(expression: string): readonly string[] {
  useSetting(language);
  const locale = languageNow();
  const words = useQuery({
    queryKey: ['cron', expression, locale],
    queryFn: async () => {
      const { default: cronstrue } = await import('cronstrue');
      if (locale === 'de') {
        await import('cronstrue/locales/de');
      }
      try {
        return expression.split(/[;\n]/).map((part) => cronstrue.toString(part.trim(), { locale, use24HourTimeFormat: true }));
      } catch {
        return []; // the expression itself is shown beside it
      }
    },
    enabled: expression !== '',
    staleTime: Infinity,
  });
  return words.data ?? [];
}
