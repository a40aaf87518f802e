/** What the written methods stand on. */

import { InvalidResponse } from "./errors.js";

/** Of one call. */
export interface CallOptions {
  /** Gives up when it is aborted; the call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds for the whole call, in place of the client's. */
  timeoutMs?: number;
}

/** What the client must know of a method. */
export interface CallKind {
  /** It changes nothing, so it may be repeated. */
  reads?: boolean;
  /** How long the server may wait before it answers, in milliseconds. */
  waitMs?: number;
}

/** Sends a call and gives its result. */
export type Call = <T>(method: string, params: object, kind: CallKind, options?: CallOptions) => Promise<T>;

/** The items of every page, following `nextCursor`. */
export async function* pages<T>(
  call: Call,
  method: string,
  params: object,
  options?: CallOptions,
): AsyncIterableIterator<T> {
  let cursor: string | undefined;
  for (;;) {
    const own: object = cursor === undefined ? params : { ...params, cursor };
    const page = await call<{ items?: T[]; nextCursor?: string | null } | null>(method, own, { reads: true }, options);
    const following = page?.nextCursor ?? undefined;
    if (!Array.isArray(page?.items) || (following !== undefined && typeof following !== "string")) {
      throw new InvalidResponse(`${method}: the result is not a page of a list`);
    }
    yield* page!.items;
    if (following === undefined) return;
    if (following === cursor) throw new InvalidResponse(`${method}: the list's cursor does not move`);
    cursor = following;
  }
}
