import { type ButtonHTMLAttributes, cloneElement, type ComponentType, type ReactElement, useState } from 'react';
import { toast } from './Toasts';

export type Trigger = ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;

export interface MenuProps {
  readonly trigger: Trigger;
  readonly defaultOpen?: boolean;
}

/**
 * A menu whose code is no part of the first load: it comes when its trigger is pointed at or has the focus, and at the latest by the first
 * press, which opens it. Until then the trigger is a plain button, which keeps its focus.
 */
export function MenuLater({ trigger, load }: { trigger: Trigger; load: () => Promise<{ default: ComponentType<MenuProps> }> }) {
  const [Loaded, setLoaded] = useState<ComponentType<MenuProps>>();
  if (Loaded !== undefined) {
    return <Loaded trigger={trigger} defaultOpen />;
  }
  const press = () => {
    load()
      .then((module) => setLoaded(() => module.default))
      .catch((error: unknown) => toast('bad', String(error)));
  };
  // Loads ahead. If it fails, the press loads again and shows the error.
  const soon = () => void load().catch(() => undefined);
  return cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: soon,
    onFocus: soon,
    onClick: press,
    onKeyDown: (event) => {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        press();
      }
    },
  });
}
