/** The client. */

import type { CallKind, CallOptions } from "./calls.js";
import {
  ConnectionFailed,
  HTTPStatusError,
  InvalidResponse,
  MetaChatError,
  RPCError,
  ResponseTooLarge,
  TimedOut,
  rpcError,
} from "./errors.js";
import { Methods } from "./methods.js";
import type { JsonValue } from "./types.js";
import { decode, outcome, outcomes, refusal } from "./wire.js";
import type { Request } from "./wire.js";

/** The most calls that the server takes at once. */
const BATCH_LIMIT = 100;

export interface ClientOptions {
  /** Of the control plane: `https://chat.example.com`. `/rpc` is added. */
  url: string;
  /** Bearer token. It appears in no text of this package. */
  token: string;
  /** Milliseconds for each call, 30 000 by default. What the server is asked to wait (`fleet.wait`) comes on top. */
  timeoutMs?: number;
  /** A longer answer is refused; 64 MiB by default. */
  maxResponseBytes?: number;
  /** In place of the global `fetch`. */
  fetch?: typeof fetch;
}

/** What became of a call in a batch. */
export type Outcome<T> = { ok: true; result: T } | { ok: false; error: MetaChatError };

/**
 * The control plane's methods, by namespace: `await client.tenant.create({ name: "Acme" })`.
 *
 * A request that got no answer for want of a connection is sent once more if it does no harm twice: a call that only
 * reads, or one with an `idempotencyKey`. Nothing else is ever repeated.
 */
export class Client extends Methods {
  readonly #connection: Connection;

  /** Throws TypeError when the URL or the token cannot be used. */
  constructor(options: ClientOptions) {
    const connection = new Connection(options);
    super((method, params, kind, own) => connection.call(method, params, kind, own));
    this.#connection = connection;
  }

  get url(): string {
    return this.#connection.url;
  }

  /** Calls a method by its name; for methods that this client does not know. */
  call<T = JsonValue>(method: string, params: object = {}, options?: CallOptions): Promise<T> {
    return this.#connection.call<T>(method, params, {}, options);
  }

  /** Sends a notification: the server does it and answers nothing, not even an error. */
  notify(method: string, params: object = {}, options?: CallOptions): Promise<void> {
    return this.#connection.notify(method, params, options);
  }

  /**
   * Sends several calls in one request, at most 100, and gives what became of each. A batch is not a transaction: some
   * may fail, others not.
   *
   *     const [tenant, channels] = await client.batch((batch) => [
   *       batch.tenant.get({ id: "acme" }),
   *       batch.channel.list({ tenantId: "acme" }),
   *     ]);
   *     if (tenant.ok) console.log(tenant.result.name);
   *
   * Throws TransportError when there is no valid answer, RPCError when the batch is refused as a whole, RangeError when
   * there are too many calls.
   *
   * - `calls` makes the calls and returns them, without waiting for any: none is sent before it returns.
   */
  async batch<T extends readonly Promise<unknown>[] | []>(
    calls: (batch: Methods) => T,
    options?: CallOptions,
  ): Promise<{ -readonly [K in keyof T]: Outcome<Awaited<T[K]>> }> {
    const batch = new Batch(this.#connection);
    const made = calls(new Methods((method, params, kind, own) => batch.add(method, params, kind, own)));
    const settled = Promise.allSettled<unknown>(made);
    await batch.send(options);
    const result = (await settled).map((each): Outcome<unknown> => {
      if (each.status === "fulfilled") return { ok: true, result: each.value };
      if (each.reason instanceof MetaChatError) return { ok: false, error: each.reason };
      throw each.reason;
    });
    return result as { -readonly [K in keyof T]: Outcome<Awaited<T[K]>> };
  }

  /** What a console shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Client(${this.url})`;
  }
}

class Batch {
  readonly #connection: Connection;
  readonly #requests: Request[] = [];
  readonly #waiting = new Map<number, { settle: (value: JsonValue) => void; fail: (error: unknown) => void }>();
  #isRepeatable = true;
  #waitMs = 0;
  #isSent = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add<T>(method: string, params: object, kind: CallKind, options?: CallOptions): Promise<T> {
    if (options) throw new TypeError("A call in a batch takes no options of its own");
    if (this.#isSent) throw new TypeError("The batch has been sent");
    const id = this.#connection.nextId();
    this.#requests.push({ jsonrpc: "2.0", method, params, id });
    this.#isRepeatable &&= kind.reads === true || "idempotencyKey" in params;
    this.#waitMs += kind.waitMs ?? 0;
    const result = new Promise<T>((resolve, fail) => {
      this.#waiting.set(id, { settle: (value) => resolve(value as unknown as T), fail });
    });
    result.catch(() => undefined); // Whoever does not look at a call's outcome need not handle its failure.
    return result;
  }

  async send(options?: CallOptions): Promise<void> {
    this.#isSent = true;
    try {
      if (this.#requests.length > BATCH_LIMIT) throw new RangeError(`A batch takes ${BATCH_LIMIT} calls`);
      if (this.#requests.length === 0) return;
      const kind = { reads: this.#isRepeatable, waitMs: this.#waitMs };
      const text = await this.#connection.send(this.#requests, "batch", kind, options);
      const methods = new Map(this.#requests.map((each) => [each.id as number, each.method]));
      const found = this.#connection.hiding(() => outcomes(decode(text), methods));
      for (const [id, each] of found) {
        const waiting = this.#waiting.get(id);
        if ("error" in each) waiting?.fail(this.#connection.hidden(each.error));
        else waiting?.settle(each.result);
      }
    } catch (error) {
      for (const each of this.#waiting.values()) each.fail(error);
      throw error;
    }
  }
}

/** HTTP, and nothing of any method. */
class Connection {
  readonly url: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;
  readonly #fetch: typeof fetch;
  #lastId = 0;

  constructor(options: ClientOptions) {
    const url = parsed(options.url);
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new TypeError("The URL must begin with http:// or https:// and name a host");
    }
    if (url.username || url.password || url.search || url.hash) {
      throw new TypeError("The URL must not hold credentials, a query or a fragment");
    }
    if (typeof options.token !== "string" || !/^[!-~]+$/.test(options.token)) {
      throw new TypeError("The token must be visible ASCII characters, without spaces or line breaks");
    }
    this.url = url.href.replace(/\/+$/, "").replace(/\/rpc$/, "");
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#maxResponseBytes = options.maxResponseBytes ?? 64 * 1024 * 1024;
    const own = options.fetch ?? globalThis.fetch;
    this.#fetch = (input, init) => own(input, init); // Browsers want no `this`.
  }

  nextId(): number {
    return ++this.#lastId;
  }

  async call<T>(method: string, params: object, kind: CallKind, options?: CallOptions): Promise<T> {
    const id = this.nextId();
    const own = { ...kind, reads: kind.reads === true || "idempotencyKey" in params };
    const text = await this.send({ jsonrpc: "2.0", method, params, id }, method, own, options);
    const found = outcome(decode(text), id, method);
    if ("error" in found) throw this.hidden(found.error);
    return found.result as unknown as T;
  }

  async notify(method: string, params: object, options?: CallOptions): Promise<void> {
    const kind = { reads: "idempotencyKey" in params };
    const text = await this.send({ jsonrpc: "2.0", method, params }, method, kind, options);
    if (text.trim() === "") return;
    throw this.hidden(refusal(text, method) ?? new InvalidResponse(`${method}: a notification was answered`));
  }

  /** Gives the body of a 200 or 204. `kind.reads`: it may be sent twice. */
  async send(body: Request | Request[], method: string, kind: CallKind, options: CallOptions = {}): Promise<string> {
    const { signal } = options;
    const timeoutMs = (options.timeoutMs ?? this.#timeoutMs) + (kind.waitMs ?? 0);
    const text = JSON.stringify(body);
    signal?.throwIfAborted();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal?.addEventListener("abort", abort, { once: true });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      controller.abort();
    }, Math.min(timeoutMs, 0x7fffffff));
    try {
      const response = await this.#post(text, controller.signal, kind.reads === true);
      const answer = await this.#body(response, controller);
      if (response.status === 200 || response.status === 204) return answer;
      throw this.hidden(statusError(response, answer, method));
    } catch (error) {
      if (error instanceof MetaChatError) throw error;
      if (isLate) throw new TimedOut(`No answer from ${this.url} within ${timeoutMs / 1000} s`);
      signal?.throwIfAborted();
      // Without the cause, which may quote headers.
      throw new ConnectionFailed(`${this.url}: ${networkReason(error)}`);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  async #post(body: string, signal: AbortSignal, isRepeatable: boolean): Promise<Response> {
    const once = (): Promise<Response> =>
      this.#fetch(`${this.url}/rpc`, {
        method: "POST",
        body,
        signal,
        redirect: "manual", // A token goes where it was meant to go, only.
        credentials: "omit",
        cache: "no-store",
        headers: {
          Authorization: `Bearer ${this.#token}`,
          "Content-Type": "application/json",
          Accept: "application/json",
        },
      });
    try {
      return await once();
    } catch (error) {
      if (!isRepeatable || signal.aborted) throw error;
      return await once();
    }
  }

  async #body(response: Response, controller: AbortController): Promise<string> {
    const reader = response.body?.getReader();
    if (reader === undefined) return "";
    const decoder = new TextDecoder();
    let text = "";
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      length += value.byteLength;
      if (length > this.#maxResponseBytes) {
        controller.abort();
        throw new ResponseTooLarge(`The answer is longer than ${this.#maxResponseBytes} bytes`);
      }
      text += decoder.decode(value, { stream: true });
    }
  }

  // MARK: The token stays out of texts

  hiding<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof Error ? this.hidden(error) : error;
    }
  }

  /** The error, should the server's texts repeat the token, without it. */
  hidden(error: Error): Error {
    if (error instanceof RPCError) {
      const data = error.data === undefined ? undefined : (this.#hide(error.data) as JsonValue);
      return rpcError(error.code, this.#hide(error.reason) as string, data, error.method);
    }
    if (error instanceof HTTPStatusError) error.message = this.#hide(error.message) as string;
    return error;
  }

  #hide(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.#token.length < 8 ? value : value.split(this.#token).join("[token]");
    if (Array.isArray(value)) return value.map((each) => this.#hide(each));
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(([name, each]) => [this.#hide(name), this.#hide(each)]);
    return Object.fromEntries(members) as JsonValue;
  }
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined; // The caller says what is wrong, without repeating it.
  }
}

/** What a status other than 200 and 204 means. */
function statusError(response: Response, body: string, method: string): MetaChatError {
  const found = refusal(body, method);
  if (found) return found;
  if (response.status === 401) return rpcError(-32001, "Unauthenticated", undefined, method);
  if (response.status === 429) {
    const seconds = response.headers.get("Retry-After") ?? "";
    const data = /^\d+$/.test(seconds) ? { retryAfterMs: Number(seconds) * 1000 } : undefined;
    return rpcError(-32029, "Too many requests", data, method);
  }
  return new HTTPStatusError(response.status, body.slice(0, 200).replace(/[\s\x00-\x1f\x7f-\x9f]+/g, " ").trim());
}

/** A network error's code, such as ECONNREFUSED: of its text nobody knows what it quotes. */
function networkReason(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth++) {
    const code: unknown = (each as { code?: unknown }).code;
    if (typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code)) return code;
    each = (each as { cause?: unknown }).cause;
  }
  return "the connection failed";
}
