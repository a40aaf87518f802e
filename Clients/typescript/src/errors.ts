/** What can go wrong. `RPCError`: the server answered with an error. `TransportError`: there is no valid answer. */

import type { JsonObject, JsonValue } from "./types.js";

/** Any failure of a call. Its text never holds the token nor the params. */
export class MetaChatError extends Error {
  override readonly name: string = "MetaChatError";
}

// MARK: No valid answer

/** The request may or may not have had its effect. */
export class TransportError extends MetaChatError {
  override readonly name: string = "TransportError";
}

/** No connection, or it ended before the whole answer had come. */
export class ConnectionFailed extends TransportError {
  override readonly name: string = "ConnectionFailed";
}

/** No answer within the time allowed. */
export class TimedOut extends TransportError {
  override readonly name: string = "TimedOut";
}

/** The answer is longer than `maxResponseBytes`. */
export class ResponseTooLarge extends TransportError {
  override readonly name: string = "ResponseTooLarge";
}

/** The answer is not JSON-RPC, or not an answer to this request. */
export class InvalidResponse extends TransportError {
  override readonly name: string = "InvalidResponse";
}

/** The server, or something in between, refused on the level of HTTP. */
export class HTTPStatusError extends TransportError {
  override readonly name: string = "HTTPStatusError";

  constructor(readonly status: number, text: string) {
    super(`HTTP status ${status}${text ? `: ${text}` : ""}`);
  }
}

// MARK: The server's errors

/** The server's error; a code without a class of its own is an `RPCError` itself. */
export class RPCError extends MetaChatError {
  override readonly name: string = "RPCError";

  constructor(
    readonly code: number,
    /** What the server says. */
    readonly reason: string,
    /** Details; what a class knows of them, it offers by name. */
    readonly data?: JsonValue,
    readonly method?: string,
  ) {
    super(`${method ? `${method}: ` : ""}${reason} (${code})`);
  }

  /** A member of `data`. */
  protected detail(name: string): JsonValue | undefined {
    const { data } = this;
    return typeof data === "object" && data !== null && !Array.isArray(data) ? data[name] : undefined;
  }

  protected integer(name: string): number | undefined {
    const value = this.detail(name);
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  }

  protected objects(name: string): JsonObject[] {
    const value = this.detail(name);
    if (!Array.isArray(value)) return [];
    return value.filter(
      (each): each is JsonObject => typeof each === "object" && each !== null && !Array.isArray(each),
    );
  }
}

/** The server could not read the request's JSON. */
export class ParseError extends RPCError {
  override readonly name: string = "ParseError";
}

/** Not a request as JSON-RPC has it, or a batch of more than 100 calls. */
export class InvalidRequest extends RPCError {
  override readonly name: string = "InvalidRequest";
}

/** The server does not know the method: it is older than this client. */
export class MethodNotFound extends RPCError {
  override readonly name: string = "MethodNotFound";
}

/** One fault in the params. */
export interface ParamError {
  /** A JSON Pointer into the params: `/config/phoneNumberId`. */
  path: string;
  message: string;
}

/** The params are at fault; `errors` has every fault. */
export class InvalidParams extends RPCError {
  override readonly name: string = "InvalidParams";

  get errors(): ParamError[] {
    const errors = this.objects("errors");
    return errors.map(({ path, message }) => ({ path: String(path ?? ""), message: String(message ?? "") }));
  }
}

/** A fault of the server's own; its log says more. */
export class InternalError extends RPCError {
  override readonly name: string = "InternalError";
}

/** No token, or none that is valid (any more). */
export class Unauthenticated extends RPCError {
  override readonly name: string = "Unauthenticated";
}

/** The token's role may not do this. */
export class Forbidden extends RPCError {
  override readonly name: string = "Forbidden";
}

/** There is no such entity, or not for this token. */
export class NotFound extends RPCError {
  override readonly name: string = "NotFound";
}

/** The entity has changed since, exists already, or the idempotency key was used with other params. */
export class Conflict extends RPCError {
  override readonly name: string = "Conflict";

  /** The entity's revision, where `ifRevision` was not it. */
  get currentRevision(): number | undefined {
    return this.integer("currentRevision");
  }
}

/** Not every node runs the revision in time. */
export class FleetNotConverged extends RPCError {
  override readonly name: string = "FleetNotConverged";

  /** The nodes that do not, as `fleet.list` gives them. */
  get nodes(): JsonObject[] {
    return this.objects("nodes");
  }
}

/** Too many failed authentications from this address. */
export class RateLimited extends RPCError {
  override readonly name: string = "RateLimited";

  get retryAfterMs(): number | undefined {
    return this.integer("retryAfterMs");
  }
}

/** The server's database or broker is not available; try again. */
export class DependencyUnavailable extends RPCError {
  override readonly name: string = "DependencyUnavailable";
}

const classes = new Map<number, typeof RPCError>([
  [-32700, ParseError],
  [-32600, InvalidRequest],
  [-32601, MethodNotFound],
  [-32602, InvalidParams],
  [-32603, InternalError],
  [-32001, Unauthenticated],
  [-32003, Forbidden],
  [-32004, NotFound],
  [-32009, Conflict],
  [-32010, FleetNotConverged],
  [-32029, RateLimited],
  [-32050, DependencyUnavailable],
]);

/** Gives a code a class of its own. */
export function register(code: number, of: typeof RPCError): void {
  classes.set(code, of);
}

/** The error of a code, of the code's own class if there is one. */
export function rpcError(code: number, reason: string, data?: JsonValue, method?: string): RPCError {
  return new (classes.get(code) ?? RPCError)(code, reason, data, method);
}
