import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

/** Asks a query again when a part of the status has changed. Unchanged parts are the same objects from one answer to the next. */
export function useFollow(key: QueryKey, part: unknown): void {
  const client = useQueryClient();
  const seen = useRef(part);
  const name = JSON.stringify(key);
  useEffect(() => {
    if (seen.current !== part) {
      const first = seen.current === undefined;
      seen.current = part;
      if (!first) {
        void client.invalidateQueries({ queryKey: JSON.parse(name) as QueryKey });
      }
    }
  }, [client, name, part]);
}
