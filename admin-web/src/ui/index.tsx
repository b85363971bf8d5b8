import { clsx } from 'clsx';
import { Check, CircleDashed, CircleSlash, Clock, Copy, Hourglass, type LucideIcon, Pause, Play, TriangleAlert, X } from 'lucide-react';
import { Switch as RadixSwitch, Tooltip as RadixTooltip } from 'radix-ui';
import { type ButtonHTMLAttributes, type ReactElement, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../app/now';
import { useSetting, zone } from '../app/store';
import { fullMoment, moment, span } from '../i18n/format';

export { clsx };

/** A text that explains a control, on hover and focus; the control may be one that is switched off. */
export function Hint({ text, children }: { text: string | undefined; children: ReactElement }) {
  const [open, setOpen] = useState(false);
  // The tree stays the same when the text goes: the control keeps its focus.
  const some = text !== undefined && text !== '';
  return (
    <RadixTooltip.Root open={open && some} onOpenChange={setOpen}>
      <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
      {some && (
        <RadixTooltip.Portal>
          <RadixTooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-80 rounded-md bg-ink px-2.5 py-1.5 text-xs text-ground shadow-lg"
          >
            {text}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      )}
    </RadixTooltip.Root>
  );
}

export function Hints({ children }: { children: ReactNode }) {
  return <RadixTooltip.Provider delayDuration={300}>{children}</RadixTooltip.Provider>;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'main' | 'quiet' | 'danger';
  readonly busy?: boolean;
  /** Why it cannot be used now; it stays reachable by keyboard, so that the reason can be read. */
  readonly off?: string | undefined;
}

const LOOKS = {
  plain: 'border border-line bg-raised hover:border-edge',
  main: 'border border-accent bg-accent text-on-accent font-medium hover:opacity-90',
  quiet: 'border border-transparent text-soft hover:text-ink hover:bg-sunken',
  danger: 'border border-bad bg-raised text-bad hover:bg-bad-tint',
};

export function Button({ look = 'plain', busy = false, off, className, onClick, children, ...rest }: ButtonProps) {
  const still = busy || off !== undefined;
  return (
    <Hint text={off}>
      <button
        type="button"
        {...rest}
        aria-disabled={still || undefined}
        aria-busy={busy || undefined}
        onClick={still ? (event) => event.preventDefault() : onClick}
        className={clsx(
          'inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md px-3 py-1 whitespace-nowrap select-none',
          still ? 'cursor-default border border-dashed border-edge bg-ground text-soft' : LOOKS[look],
          className,
        )}
      >
        {children}
      </button>
    </Hint>
  );
}

export function Switch({ on, onChange, label, off }: { on: boolean; onChange: (on: boolean) => void; label: string; off?: string | undefined }) {
  return (
    <Hint text={off ?? label}>
      <RadixSwitch.Root
        checked={on}
        onCheckedChange={off === undefined ? onChange : () => undefined}
        aria-label={label}
        aria-disabled={off !== undefined || undefined}
        className="relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-edge bg-sunken transition-colors aria-checked:border-accent aria-checked:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-4 translate-x-[3px] rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[19px] data-[state=checked]:bg-on-accent" />
      </RadixSwitch.Root>
    </Hint>
  );
}

export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'live';

const TONES: Record<Tone, string> = { ok: 'text-ok', warn: 'text-warn', bad: 'text-bad', idle: 'text-soft', live: 'text-accent' };
const ICONS: Record<Tone, LucideIcon> = { ok: Check, warn: TriangleAlert, bad: X, idle: CircleSlash, live: CircleDashed };

/** A state: icon and word first, colour after them. */
export function State({ tone, children, icon, quiet = false }: { tone: Tone; children: ReactNode; quiet?: boolean; icon?: 'wait' | 'pause' | 'clock' | 'play' }) {
  const Icon = icon === undefined ? ICONS[tone] : { wait: Hourglass, pause: Pause, clock: Clock, play: Play }[icon];
  return (
    <span className={clsx('inline-flex items-center gap-1.5 self-start font-medium whitespace-nowrap', quiet ? 'text-soft' : TONES[tone])}>
      <Icon aria-hidden size={14} strokeWidth={2.4} className={tone === 'live' && icon === undefined && !quiet ? 'motion-safe:animate-[spin_3s_linear_infinite]' : undefined} />
      {children}
    </span>
  );
}

/** A moment in the zone of the settings; all of it, with its zone, on hover. */
export function Moment({ at }: { at: string }) {
  useSetting(zone);
  const date = new Date(at);
  return (
    <time dateTime={at} title={fullMoment(date)} className="whitespace-nowrap">
      {moment(date, useNow())}
    </time>
  );
}

/** How long ago, or until when; it ticks. */
export function Age({ at, form = 'age' }: { at: string; form?: 'age' | 'ago' | 'in' }) {
  const { t } = useTranslation();
  const now = useNow();
  const date = new Date(at);
  const text = span(Math.abs(date.getTime() - now));
  return (
    <time dateTime={at} title={fullMoment(date)} className="whitespace-nowrap">
      {form === 'age' ? text : form === 'ago' ? t('ui.ago', { span: text }) : date.getTime() <= now ? t('ui.now') : t('ui.in', { span: text })}
    </time>
  );
}

/** Copies by the clipboard's interface, and where a page has none (plain HTTP) by a selection. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'fixed opacity-0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) {
    throw new Error('the browser refused to copy');
  }
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'ready' | 'done' | 'refused'>('ready');
  const Icon = state === 'done' ? Check : Copy;
  const press = () =>
    copy(text)
      .then(() => setState('done'))
      .catch(() => setState('refused'))
      .finally(() => window.setTimeout(() => setState('ready'), 2000));
  return (
    <button
      type="button"
      onClick={() => void press()}
      className="inline-flex min-h-6 items-center gap-1 rounded px-1 text-xs text-soft hover:bg-sunken hover:text-ink"
    >
      <Icon aria-hidden size={13} />
      <span aria-live="polite">{state === 'done' ? t('ui.copied') : state === 'refused' ? t('ui.copy_refused') : label}</span>
    </button>
  );
}

/** A command or a statement to take along. */
export function Command({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <div className="flex items-start gap-2 rounded-md bg-sunken px-3 py-2">
      <code className="min-w-0 flex-1 break-words whitespace-pre-wrap">{text}</code>
      <CopyButton text={text} label={t('ui.copy')} />
    </div>
  );
}

/** What a place without content is for, and how it gets some. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="max-w-[60ch] border-l-2 border-line py-2 pl-4 text-soft">
      <p className="font-medium text-ink">{title}</p>
      {children}
    </div>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="mt-10" aria-labelledby={id}>
      <div className="flex min-h-8 flex-wrap items-end justify-between gap-x-4 border-b border-edge/60 pb-1.5">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        <div className="text-xs text-soft">{aside}</div>
      </div>
      {children}
    </section>
  );
}

/** An error text: one line, all of it on demand, and a copy of it. */
export function ErrorText({ text }: { text: string }) {
  const { t } = useTranslation();
  const long = text.length > 110 || text.includes('\n');
  if (!long) {
    return (
      <div className="flex flex-wrap items-start gap-x-2 text-sm text-bad">
        <span className="min-w-0 break-words">{text}</span>
        <CopyButton text={text} label={t('ui.copy')} />
      </div>
    );
  }
  return (
    <details className="group text-sm text-bad">
      <summary className="flex gap-2">
        <span className="min-w-0 flex-1 truncate group-open:hidden">{text}</span>
        <span className="hidden flex-1 group-open:inline">{t('ui.error_whole')}</span>
        <span className="shrink-0 text-xs underline group-open:hidden">{t('ui.more')}</span>
        <span className="hidden shrink-0 text-xs underline group-open:inline">{t('ui.less')}</span>
      </summary>
      <pre className="mt-1 max-h-60 overflow-auto rounded-md bg-bad-tint p-2 break-words whitespace-pre-wrap" tabIndex={0}>
        {text}
      </pre>
      <CopyButton text={text} label={t('ui.copy')} />
    </details>
  );
}

/** An identifier that may break after its dots and underscores, and nowhere else while that suffices. */
export function Name({ text }: { text: string }) {
  return text.split(/(?<=[._])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]));
}
