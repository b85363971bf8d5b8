import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Head } from './Head';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <Head title={t('not_found.title')} lede={t('not_found.lede')} />
      <Link href="/" className="link">
        {t('not_found.back')}
      </Link>
    </>
  );
}
