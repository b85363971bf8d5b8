import { MenuLater, type Trigger } from '../ui/MenuLater';

/** Theme, language, zone, and the way out. */
export function Preferences({ trigger }: { trigger: Trigger }) {
  return <MenuLater trigger={trigger} load={() => import('./PreferencesMenu')} />;
}
