import { useTranslation } from 'react-i18next';
import { type Exact, member, Num } from '../jobs/json';
import { clsx } from '../ui';

const FIELDS = ['name', 'price', 'currency', 'quantity'] as const;
const CHANGES = ['inserted', 'changed', 'vanished'] as const;

function text(value: Exact): string {
  return value === null ? '–' : value instanceof Num ? value.text : typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a dry run would write, an item a line: before and after, each digit of a price. Nothing where there is no such list. */
export function Differences({ of }: { of: Exact }) {
  const { t } = useTranslation();
  if (!Array.isArray(of)) {
    return null;
  }
  if (of.length === 0) {
    return <p className="py-1 text-sm text-soft">{t('differences.none')}</p>;
  }
  return (
    <div className="max-h-96 overflow-auto" tabIndex={0} role="region" aria-label={t('differences.title')}>
      <table className="w-full text-sm">
        <caption className="py-1 text-left text-xs text-soft">{t('differences.first', { count: of.length })}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-soft">
            <th scope="col" className="py-1 pr-4 font-medium">
              {t('differences.item')}
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              {t('differences.change')}
            </th>
            {FIELDS.map((field) => (
              <th key={field} scope="col" className="py-1 pr-4 font-medium">
                {t(`differences.${field}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((one, i) => {
            const change = CHANGES.find((known) => known === member(one, 'change')) ?? 'changed';
            const before = member(one, 'before');
            const after = member(one, 'after');
            return (
              // The list is that of a finished job: it does not change.
              <tr key={i} className="border-b border-line align-top">
                <th scope="row" className="py-1 pr-4 text-left font-medium">
                  <code>{text(member(one, 'sku'))}</code>
                </th>
                <td className={clsx('py-1 pr-4', change === 'vanished' ? 'text-warn' : change === 'inserted' ? 'text-ok' : undefined)}>{t(`differences.${change}`)}</td>
                {FIELDS.map((field) => (
                  <Cell key={field} before={before === null ? undefined : text(member(before, field))} after={after === null ? undefined : text(member(after, field))} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ before, after }: { before: string | undefined; after: string | undefined }) {
  const same = before === undefined || after === undefined || before === after;
  return (
    <td className={clsx('py-1 pr-4 break-words', same && 'text-soft')}>
      {same ? (
        (after ?? before)
      ) : (
        <>
          <del className="text-soft">{before}</del> → <ins className="font-semibold no-underline">{after}</ins>
        </>
      )}
    </td>
  );
}
