/** Client of the MetaChat control plane. */

export type { CallOptions } from "./calls.js";
export { Client } from "./client.js";
export type { ClientOptions, Outcome } from "./client.js";
export * from "./errors.js";
export * from "./methods.js";
export * from "./types.js";
