// The compiled client, at METACHAT_CLIENT, against a local server that behaves as badly as it is told.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const metachat = await import(pathToFileURL(process.env.METACHAT_CLIENT).href);
const { Client, ConnectionFailed, HTTPStatusError, InvalidResponse, RPCError, ResponseTooLarge, TimedOut } = metachat;
const openrpc = JSON.parse(readFileSync(new URL("../../../Schemas/openrpc.json", import.meta.url), "utf8"));
const token = "a-token-that-nobody-may-see";
const servers = new Set();

after(() => {
  for (const each of servers) {
    each.closeAllConnections?.();
    each.close();
  }
});

/** Starts a server; `play(exchange)` answers each request: `{ request, response, rpc, result(value), error(…), reply(…) }`. */
async function start(play = (exchange) => exchange.result({ method: exchange.rpc.method }), options = {}) {
  const seen = [];
  const server = http.createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const rpc = JSON.parse(text);
    seen.push({ rpc, headers: request.headers, url: request.url });
    const reply = (body, status = 200, headers = {}) => {
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(body);
    };
    const answer = (value, status) => reply(JSON.stringify(value), status);
    play({
      request,
      response,
      rpc,
      reply,
      answer,
      result: (result) => answer({ jsonrpc: "2.0", id: rpc.id, result }),
      error: (code, message, data) => answer({ jsonrpc: "2.0", id: rpc.id, error: { code, message, data } }),
    });
  });
  let connections = 0;
  server.on("connection", () => connections++);
  servers.add(server);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  const client = new Client({ url, token, timeoutMs: 60_000, ...options });
  return { url, client, seen, connections: () => connections };
}

/** A server of bytes, not of HTTP. */
async function startRaw(bytes) {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(bytes));
  });
  servers.add(server);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return new Client({ url: `http://127.0.0.1:${server.address().port}`, token, timeoutMs: 60_000 });
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: "It should have failed" });
}

describe("calls", () => {
  it("sends a call and gives its result", async () => {
    const { client, seen } = await start((exchange) => exchange.result({ id: "acme", name: "Acme" }));
    const tenant = await client.tenant.create({ name: "Acme", settings: { brandName: "A" }, enabled: undefined });
    assert.equal(tenant.id, "acme");
    assert.deepEqual(seen[0].rpc, {
      jsonrpc: "2.0",
      method: "tenant.create",
      params: { name: "Acme", settings: { brandName: "A" } },
      id: 1,
    });
    assert.equal(seen[0].url, "/rpc");
    assert.equal(seen[0].headers.authorization, `Bearer ${token}`);
    assert.equal(seen[0].headers["content-type"], "application/json");
  });

  it("has every method of the document", async () => {
    const { client, seen } = await start((exchange) => exchange.result({ items: [], nextCursor: null }));
    for (const method of openrpc.methods) {
      const [namespace, verb] = method.name.split(".");
      for (const example of method.examples) {
        const params = Object.fromEntries(example.params.map((each) => [each.name, each.value]));
        await client[namespace][verb](params);
        assert.deepEqual([seen.at(-1).rpc.method, seen.at(-1).rpc.params], [method.name, params]);
      }
    }
  });

  it("keeps its connections", async () => {
    const { client, connections } = await start();
    for (let turn = 0; turn < 20; turn++) await client.fleet.list();
    assert(connections() <= 3, `${connections()}`); // `fetch` may take a second one before the first is free again.
  });

  it("calls any method by its name", async () => {
    const { client } = await start((exchange) => exchange.result([1, null]));
    assert.deepEqual(await client.call("some.thing", { a: 1 }), [1, null]);
  });

  it("sends notifications", async () => {
    const { client, seen } = await start((exchange) => exchange.reply(undefined, 204));
    await client.notify("tenant.delete", { id: "acme" });
    assert.deepEqual(seen[0].rpc, { jsonrpc: "2.0", method: "tenant.delete", params: { id: "acme" } });
    const answering = await start((exchange) => exchange.answer({}));
    assert(await failure(answering.client.notify("a.b")) instanceof InvalidResponse);
  });
});

describe("pages", () => {
  it("follows the cursor", async () => {
    const { client, seen } = await start((exchange) => {
      const begin = Number(exchange.rpc.params.cursor ?? 0);
      const items = [begin, begin + 1].filter((index) => index < 5).map((index) => ({ id: String(index) }));
      exchange.result({ items, nextCursor: begin + 2 < 5 ? String(begin + 2) : null });
    });
    const found = [];
    for await (const each of client.tenant.iterate({ limit: 2 })) found.push(each.id);
    assert.deepEqual(found, ["0", "1", "2", "3", "4"]);
    assert.deepEqual(seen.map((each) => each.rpc.params), [{ limit: 2 }, { limit: 2, cursor: "2" }, { limit: 2, cursor: "4" }]);
  });

  it("refuses a cursor that does not move, and what is no page", async () => {
    for (const result of [{ items: [], nextCursor: "same" }, {}, null, [], { items: {} }, { items: [], nextCursor: 1 }]) {
      const { client, seen } = await start((exchange) => exchange.result(result));
      assert(await failure(client.tenant.iterate().next()) instanceof InvalidResponse);
      assert(seen.length <= 2);
    }
  });
});

describe("batches", () => {
  const play = (exchange) => {
    const answers = exchange.rpc.map(({ id, params }) =>
      params.id === "missing"
        ? { jsonrpc: "2.0", id, error: { code: -32004, message: "No such tenant" } }
        : { jsonrpc: "2.0", id, result: params },
    );
    exchange.answer(answers.reverse());
  };

  it("gives what became of each call", async () => {
    const { client, seen } = await start(play);
    const [found, missing] = await client.batch((batch) => [
      batch.tenant.get({ id: "acme" }),
      batch.tenant.get({ id: "missing" }),
    ]);
    assert.deepEqual(found, { ok: true, result: { id: "acme" } });
    assert.equal(missing.ok, false);
    assert(missing.error instanceof metachat.NotFound);
    assert.equal(missing.error.message, "tenant.get: No such tenant (-32004)");
    assert.equal(seen.length, 1);
  });

  it("takes a hundred calls, and not one more", async () => {
    const { client, seen } = await start(play);
    const many = (count) => (batch) => Array.from({ length: count }, (_, index) => batch.tenant.get({ id: `${index}` }));
    const found = await client.batch(many(100));
    assert.deepEqual(found.map((each) => each.result.id), Array.from({ length: 100 }, (_, index) => `${index}`));
    assert(await failure(client.batch(many(101))) instanceof RangeError);
    assert.deepEqual(await client.batch(() => []), []);
    assert.equal(seen.length, 1);
  });

  it("sends nothing when a call has options, or comes late", async () => {
    const { client, seen } = await start(play);
    assert(await failure(client.batch((batch) => [batch.tenant.get({ id: "a" }, { timeoutMs: 1 })])) instanceof TypeError);
    let kept;
    await client.batch((batch) => ((kept = batch), [batch.tenant.get({ id: "a" })]));
    assert.throws(() => kept.tenant.get({ id: "b" }), TypeError);
    assert.equal(seen.length, 1);
  });

  it("refuses answers that do not fit", async () => {
    const good = (id) => ({ jsonrpc: "2.0", id, result: {} });
    const made = {
      unknown: (id) => [good(id), good(999)],
      twice: (id) => [good(id), good(id)],
      text: (id) => [good(String(id))],
      one: (id) => good(id),
      scalar: () => 7,
    };
    for (const make of Object.values(made)) {
      const { client } = await start((exchange) => exchange.answer(make(exchange.rpc[0].id)));
      assert(await failure(client.batch((batch) => [batch.tenant.get({ id: "a" })])) instanceof InvalidResponse);
    }
    const { client } = await start((exchange) => exchange.answer([good(exchange.rpc[0].id)]));
    const [first, second] = await client.batch((batch) => [batch.tenant.get({ id: "a" }), batch.tenant.get({ id: "b" })]);
    assert(first.ok && second.error instanceof InvalidResponse);
  });

  it("fails as a whole when it is refused as a whole", async () => {
    const error = { code: -32600, message: "Invalid Request" };
    const { client } = await start((exchange) => exchange.answer({ jsonrpc: "2.0", id: null, error }));
    const found = await failure(client.batch((batch) => (batch.tenant.get({ id: "b" }), [batch.tenant.get({ id: "a" })])));
    assert(found instanceof metachat.InvalidRequest);
  });
});

describe("errors of the server's", () => {
  const caught = async (code, data) => {
    const { client } = await start((exchange) => exchange.error(code, "No", data));
    const error = await failure(client.tenant.get({ id: "acme" }));
    assert(error instanceof RPCError && !(error instanceof metachat.TransportError));
    assert.deepEqual([error.code, error.method], [code, "tenant.get"]);
    return error;
  };

  it("have a class for each code of the document", async () => {
    const names = { NotConverged: "FleetNotConverged", Unavailable: "DependencyUnavailable" };
    for (const [name, { code }] of Object.entries(openrpc.components.errors)) {
      const error = await caught(code);
      const expected = names[name] ?? name;
      assert.deepEqual([error.name, error.constructor.name], [expected, expected]);
    }
    assert.equal((await caught(-31999)).constructor, RPCError);
  });

  it("offer their details", async () => {
    const errors = [{ path: "/name", message: "is missing" }];
    assert.deepEqual((await caught(-32602, { errors: [...errors, 7] })).errors, errors);
    assert.equal((await caught(-32009, { currentRevision: 42 })).currentRevision, 42);
    assert.equal((await caught(-32029, { retryAfterMs: 1500 })).retryAfterMs, 1500);
    assert.deepEqual((await caught(-32010, { nodes: [{ id: "n1" }] })).nodes, [{ id: "n1" }]);
    for (const data of [undefined, null, [], "x", { errors: 1, currentRevision: "x", nodes: {} }]) {
      assert.deepEqual((await caught(-32602, data)).errors, []);
      assert.equal((await caught(-32009, data)).currentRevision, undefined);
      assert.deepEqual((await caught(-32010, data)).nodes, []);
    }
  });

  it("come by HTTP status too", async () => {
    const of = async (play) => failure((await start(play)).client.fleet.list());
    assert(await of((exchange) => exchange.reply("go away", 401)) instanceof metachat.Unauthenticated);
    const expired = { jsonrpc: "2.0", id: null, error: { code: -32001, message: "Expired" } };
    assert.equal((await of((exchange) => exchange.answer(expired, 401))).message, "fleet.list: Expired (-32001)");
    const limited = await of((exchange) => exchange.reply("", 429, { "Retry-After": "7" }));
    assert.equal(limited.retryAfterMs, 7000);
    for (const status of [302, 400, 404, 413, 500, 502]) {
      const error = await of((exchange) => exchange.reply("<h1>\0no\n", status, { Location: "http://127.0.0.1:9/" }));
      assert(error instanceof HTTPStatusError);
      assert.deepEqual([error.status, error.message], [status, `HTTP status ${status}: <h1> no`]);
    }
  });
});

describe("bad servers", () => {
  it("that do not speak JSON-RPC", async () => {
    const bodies = [
      "", "hello", "[]", "null", "{}", "NaN", '{"jsonrpc":"2.0","id":1}', '{"id":1,"result":1}',
      '{"jsonrpc":"1.0","id":1,"result":1}', '{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}}',
      '{"jsonrpc":"2.0","id":1,"error":null}', '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}',
      '{"jsonrpc":"2.0","id":1,"error":{"code":1}}', '{"jsonrpc":"2.0","id":2,"result":1}',
      '{"jsonrpc":"2.0","id":"1","result":1}', '{"jsonrpc":"2.0","id":null,"result":1}',
      '{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"x"}}',
    ];
    for (const body of bodies) {
      const { client } = await start((exchange) => exchange.reply(body));
      const error = await failure(client.tenant.get({ id: "acme" }));
      assert(error instanceof InvalidResponse, `${body}: ${error}`);
    }
  });

  it("that do not speak HTTP, or end early", async () => {
    const all = [
      "hello\r\n\r\n", "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}", `HTTP/1.1 ${token}\r\n\r\n`,
    ];
    for (const bytes of all) {
      const error = await failure((await startRaw(bytes)).tenant.get({ id: "acme" }));
      assert(error instanceof ConnectionFailed, `${bytes}: ${inspect(error)}`);
      assert(!inspect(error).includes(token));
    }
  });

  it("that send too much", async () => {
    const { client } = await start(({ response }) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(" ".repeat(65536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    }, { maxResponseBytes: 1_000_000 });
    assert(await failure(client.fleet.list()) instanceof ResponseTooLarge);
    const body = '{"jsonrpc":"2.0","id":1,"result":"é"}';
    const length = Buffer.byteLength(body);
    const exact = await start((exchange) => exchange.reply(body), { maxResponseBytes: length });
    assert.equal(await exact.client.call("a.b"), "é");
    const over = await start((exchange) => exchange.reply(body), { maxResponseBytes: length - 1 });
    assert(await failure(over.client.call("a.b")) instanceof ResponseTooLarge);
  });

  it("that say nothing, or too little too late", async () => {
    for (const play of [() => undefined, ({ response }) => response.writeHead(200).write("{")]) {
      const { client } = await start(play, { timeoutMs: 200 });
      const error = await failure(client.tenant.get({ id: "acme" }));
      assert(error instanceof TimedOut, inspect(error));
      assert.match(error.message, /within 0\.2 s/);
    }
  });

  it("are waited for as long as they were asked to wait", async () => {
    const play = (exchange) => setTimeout(() => exchange.result({ converged: true, elapsedMs: 1, nodes: [] }), 400);
    const { client } = await start(play, { timeoutMs: 150 });
    assert.equal((await client.fleet.wait({ revision: 1, timeoutMs: 60_000 })).converged, true);
    assert.equal((await client.fleet.wait({ revision: 1 })).converged, true);
    assert(await failure(client.fleet.wait({ revision: 1, timeoutMs: 0 })) instanceof TimedOut);
    assert.equal((await client.fleet.wait({ revision: 1, timeoutMs: 0 }, { timeoutMs: 60_000 })).converged, true);
  });

  it("that are not there", async () => {
    const free = net.createServer();
    await new Promise((ready) => free.listen(0, "127.0.0.1", ready));
    const { port } = free.address();
    await new Promise((done) => free.close(done));
    const error = await failure(new Client({ url: `http://127.0.0.1:${port}`, token }).fleet.list());
    assert(error instanceof ConnectionFailed);
    assert.match(error.message, /ECONNREFUSED/);
  });

  it("get reads, and writes with a key, once more; other writes not", async () => {
    const run = async (work) => {
      let count = 0;
      const { client, seen } = await start((exchange) => {
        if (++count === 2) exchange.request.socket.destroy();
        else if (Array.isArray(exchange.rpc)) exchange.answer(exchange.rpc.map(({ id }) => ({ jsonrpc: "2.0", id, result: {} })));
        else exchange.result({});
      });
      await client.fleet.list();
      const error = await work(client).then(() => undefined, (caught) => caught);
      return [seen.length - 1, error?.name];
    };
    assert.deepEqual(await run((client) => client.tenant.get({ id: "a" })), [2, undefined]);
    assert.deepEqual(await run((client) => client.tenant.delete({ id: "a", idempotencyKey: "k" })), [2, undefined]);
    assert.deepEqual(await run((client) => client.tenant.delete({ id: "a" })), [1, "ConnectionFailed"]);
    assert.deepEqual(await run((client) => client.call("tenant.get", { id: "a" })), [1, "ConnectionFailed"]);
    assert.deepEqual(await run((client) => client.batch((batch) => [batch.tenant.get({ id: "a" })])), [2, undefined]);
    const mixed = (batch) => [batch.tenant.get({ id: "a" }), batch.tenant.delete({ id: "a" })];
    assert.deepEqual(await run((client) => client.batch(mixed)), [1, "ConnectionFailed"]);
  });
});

describe("aborting", () => {
  it("rejects with the signal's reason", async () => {
    let heard;
    const arrived = new Promise((resolve) => (heard = resolve));
    const { client, seen } = await start(() => heard());
    const controller = new AbortController();
    const call = client.fleet.list({}, { signal: controller.signal });
    await arrived;
    const reason = new Error("enough");
    controller.abort(reason);
    assert.equal(await failure(call), reason);
    assert.equal(await failure(client.fleet.list({}, { signal: controller.signal })), reason);
    assert.equal(await failure(client.tenant.iterate({}, { signal: controller.signal }).next()), reason);
    assert.equal(await failure(client.batch((batch) => [batch.fleet.list()], { signal: controller.signal })), reason);
    assert.equal(seen.length, 1);
  });
});

describe("the token", () => {
  it("is in no text", async () => {
    const plays = [
      (exchange) => exchange.error(-32603, `saw ${token}`, { deep: [{ x: token }], [token]: 1 }),
      (exchange) => exchange.reply(`saw ${token}`, 500),
      (exchange) => exchange.reply(`saw ${token}`, 401),
      (exchange) => exchange.reply(`saw ${token}`),
      (exchange) => exchange.request.socket.destroy(),
    ];
    for (const play of plays) {
      const { client } = await start(play);
      const error = await failure(client.secret.set({ tenantId: "a", name: "n", value: "planted-value" }));
      const shown = inspect(error, { depth: 10, showHidden: true }) + inspect(client, { depth: 10 }) + JSON.stringify(client);
      assert(!shown.includes(token) && !shown.includes("planted-value"), shown);
    }
  });

  it("and the URL are checked", () => {
    const urls = ["", "chat.example.com", "ftp://a", "http://", `http://u:${token}@a`, "http://a?x", "http://a/#x", "http://a:b"];
    for (const url of urls) {
      assert.throws(() => new Client({ url, token: "t" }), (error) => error instanceof TypeError && !inspect(error).includes(token));
    }
    for (const bad of ["", `${token}\r\nX: y`, `${token} x`, `${token}é`, undefined]) {
      assert.throws(
        () => new Client({ url: "http://a", token: bad }),
        (error) => error instanceof TypeError && !inspect(error).includes(token),
      );
    }
    assert.equal(new Client({ url: "http://127.0.0.1:7070/rpc/", token: "t" }).url, "http://127.0.0.1:7070");
    assert.equal(new Client({ url: "https://[::1]/chat/", token: "t" }).url, "https://[::1]/chat");
  });
});
