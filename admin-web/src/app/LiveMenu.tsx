import { useTranslation } from 'react-i18next';
import { span } from '../i18n/format';
import { Menu, MenuChoice } from '../ui/Menu';
import type { MenuProps } from '../ui/MenuLater';
import { pace, useSetting } from './store';

const PACES = ['auto', 'off', '2', '5', '10', '30', '60'] as const;

/** How often the page looks. */
export default function LiveMenu(menu: MenuProps) {
  const { t } = useTranslation();
  const chosen = useSetting(pace);
  return (
    <Menu {...menu}>
      <MenuChoice
        label={t('live.choose')}
        value={chosen}
        onChoose={pace.set}
        choices={PACES.map((p) => [p, p === 'auto' ? t('live.auto') : p === 'off' ? t('live.off') : t('live.every', { every: span(Number(p) * 1000) })])}
      />
    </Menu>
  );
}
