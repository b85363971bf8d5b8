import { DropdownMenu } from 'radix-ui';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const CONTENT = 'z-50 min-w-48 rounded-md border border-line bg-raised p-1 text-ink shadow-xl';
const ITEM =
  'flex min-h-8 items-center gap-2 rounded px-2 py-1 outline-none select-none data-[highlighted]:bg-sunken data-[disabled]:text-soft';

/** A menu of commands. It leaves the page behind it alone: locking its scrolling would need a style element. */
export function Menu({ trigger, children, defaultOpen = false }: { trigger: ReactElement; children: ReactNode; defaultOpen?: boolean }) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={CONTENT}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A command; one that is off stays reachable, and its note says why. */
export function MenuItem({ onSelect, children, note, off = false }: { onSelect: () => void; children: ReactNode; note?: string; off?: boolean }) {
  return (
    <DropdownMenu.Item className={ITEM} aria-disabled={off || undefined} onSelect={(event) => (off ? event.preventDefault() : onSelect())}>
      <span className="max-w-72">
        <span className={off ? 'text-soft' : undefined}>{children}</span>
        {note !== undefined && <span className="block text-xs text-soft">{note}</span>}
      </span>
    </DropdownMenu.Item>
  );
}

export function MenuChoice<T extends string>({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChoose: (value: T) => void;
}) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChoose(chosen as T)}>
      <DropdownMenu.Label className="px-2 pt-2 pb-1 text-xs text-soft">{label}</DropdownMenu.Label>
      {choices.map(([choice, text]) => (
        <DropdownMenu.RadioItem key={choice} value={choice} className={ITEM}>
          <span className="w-4">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden size={14} />
            </DropdownMenu.ItemIndicator>
          </span>
          {text}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
