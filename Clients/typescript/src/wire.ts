/** JSON-RPC 2.0: requests out, answers in, each checked. */

import { InvalidResponse, RPCError, rpcError } from "./errors.js";
import type { JsonObject, JsonValue } from "./types.js";

export interface Request {
  jsonrpc: "2.0";
  method: string;
  params: object;
  /** Absent: a notification. */
  id?: number;
}

/** What became of a call. */
export type Settled = { result: JsonValue } | { error: Error };

export function decode(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new InvalidResponse("The answer is not JSON"); // Without the cause, which quotes the answer.
  }
}

/** What an answer says of the call with an id. */
export function outcome(answer: JsonValue | undefined, id: number, method: string): Settled {
  const found = read(answer, method);
  // Who cannot read a request cannot read its id: errors may have none.
  const isOurs = found.id === id || ("error" in found && found.error instanceof RPCError && found.id === null);
  if (isOurs || ("error" in found && !(found.error instanceof RPCError))) return found;
  return { error: new InvalidResponse(`${method}: the answer is to another call`) };
}

/**
 * What the answer to a batch says of each of its calls.
 *
 * Throws RPCError: the whole batch was refused; InvalidResponse: not the answer to this batch.
 */
export function outcomes(answer: JsonValue, methods: ReadonlyMap<number, string>): Map<number, Settled> {
  if (!Array.isArray(answer)) {
    const found = read(answer, "batch");
    throw "error" in found ? found.error : new InvalidResponse("The answer to a batch is not a list");
  }
  const result = new Map<number, Settled>();
  for (const each of answer) {
    const id = isObject(each) ? each.id : undefined;
    const method = typeof id === "number" ? methods.get(id) : undefined;
    if (typeof id !== "number" || method === undefined || result.has(id)) {
      throw new InvalidResponse("The answer to a batch holds an answer to no call of it");
    }
    result.set(id, outcome(each, id, method));
  }
  for (const [id, method] of methods) {
    if (!result.has(id)) {
      result.set(id, { error: new InvalidResponse(`${method}: the answer to the batch leaves it out`) });
    }
  }
  return result;
}

/** The error in a body that came with an HTTP status other than 200, if it is one. */
export function refusal(text: string, method: string): RPCError | undefined {
  try {
    const found = read(decode(text), method);
    return "error" in found && found.error instanceof RPCError ? found.error : undefined;
  } catch {
    return undefined; // Not JSON: no refusal of the control plane's own.
  }
}

function read(value: JsonValue | undefined, method: string): Settled & { id?: JsonValue } {
  if (!isObject(value) || value.jsonrpc !== "2.0" || "result" in value === "error" in value) {
    return { error: new InvalidResponse(`${method}: the answer is not JSON-RPC 2.0`) };
  }
  const id = value.id ?? null;
  if ("result" in value) return { id, result: value.result as JsonValue };
  const { error } = value;
  if (!isObject(error) || typeof error.code !== "number" || typeof error.message !== "string") {
    return { error: new InvalidResponse(`${method}: the error is not one of JSON-RPC 2.0`) };
  }
  return { id, error: rpcError(error.code, error.message, error.data, method) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
