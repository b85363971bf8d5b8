import type { ReactNode } from 'react';
import { useTitle } from './title';

/** The head of a page: its title says how things are, not what the page is called. */
export function Head({ title, tab, lede, children }: { title: string; tab?: string; lede?: ReactNode; children?: ReactNode }) {
  useTitle(tab ?? title);
  return (
    <header className="mb-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 tabIndex={-1} className="text-xl font-semibold tracking-tight text-balance outline-none">
          {title}
        </h1>
        {/* One line is kept free, so that a sentence that comes with the first answer moves nothing. */}
        <p className="mt-1 min-h-5 max-w-[80ch] text-pretty text-soft">{lede}</p>
      </div>
      <div className="no-print flex flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}
