import { useTranslation } from 'react-i18next';
import { signOut, useMe } from '../api/signin';
import { toast } from '../ui/Toasts';
import { Menu, MenuChoice, MenuItem } from '../ui/Menu';
import type { MenuProps } from '../ui/MenuLater';
import { language, theme, useSetting, zone } from './store';

/** Theme, language, zone, and the way out. */
export default function PreferencesMenu(menu: MenuProps) {
  const { t } = useTranslation();
  const signedIn = useMe() != null;
  const chosenTheme = useSetting(theme);
  const chosenLanguage = useSetting(language);
  const chosenZone = useSetting(zone);
  return (
    <Menu {...menu}>
      <MenuChoice
        label={t('prefs.theme')}
        value={chosenTheme}
        onChoose={theme.set}
        choices={[
          ['system', t('prefs.system')],
          ['light', t('prefs.light')],
          ['dark', t('prefs.dark')],
        ]}
      />
      <MenuChoice
        label={t('prefs.language')}
        value={chosenLanguage}
        onChoose={language.set}
        choices={[
          ['system', t('prefs.system')],
          ['en', 'English'],
          ['de', 'Deutsch'],
        ]}
      />
      <MenuChoice
        label={t('prefs.times')}
        value={chosenZone}
        onChoose={zone.set}
        choices={[
          ['local', t('prefs.local')],
          ['utc', 'UTC'],
        ]}
      />
      {signedIn && (
        <>
          <div className="my-1 border-t border-line" />
          <MenuItem onSelect={() => void signOut().catch((error: unknown) => toast('bad', String(error)))}>{t('prefs.sign_out')}</MenuItem>
        </>
      )}
    </Menu>
  );
}
