extension PageAssets {
    static let script = #"""
        "use strict";
        // Everything that comes from outside becomes text nodes, never HTML.
        const $ = (id) => document.getElementById(id);
        const el = (tag, attributes = {}, ...children) => {
          const node = document.createElement(tag);
          for (const [name, value] of Object.entries(attributes)) {
            if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
            else if (value === true) node.setAttribute(name, "");
            else if (value !== undefined && value !== false && value !== null) node.setAttribute(name, value);
          }
          node.append(...children.filter((child) => child !== null && child !== undefined));
          return node;
        };

        const KEPT = 400;              // messages kept in each chat
        const WIRE_KEPT = 120;
        const TYPING_MS = 25000;
        const STORE = "metachat.simulator.customers";
        const chats = new Map();       // "customer@number" -> chat
        const byMessage = new Map();   // message id -> {chat, message}
        const parked = new Map();      // message id -> what came before the message itself
        let numbers = [];
        let current = null;
        let wire = [];

        const time = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
        const seconds = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
        const initials = (name) => {
          const words = name.replace(/[^\p{L}\p{N} ]/gu, "").trim().split(/\s+/);
          if (/^\p{N}/u.test(words[0] || "")) return words.join("").slice(-2);
          return words.slice(0, 2).map((word) => [...word][0] || "").join("").toUpperCase() || "?";
        };
        const pretty = (customer) => /^\d+$/.test(customer) ? "+" + customer : customer;
        const numberOf = (id) => numbers.find((number) => number.id === id) || { id, name: "Business " + id, displayPhoneNumber: id };

        function chatFor(customer, number, name) {
          const key = customer + "@" + number;
          let chat = chats.get(key);
          if (!chat) {
            chat = { key, customer, number, name: name || pretty(customer), messages: [], unread: 0, typing: 0, last: 0 };
            chats.set(key, chat);
            if (!current) select(chat);
          }
          if (name && name !== pretty(customer)) chat.name = name;
          return chat;
        }

        // ---- what the simulator tells

        const receive = {
          customer(event) {
            const chat = chatFor(event.customer, event.phoneNumberId, event.name);
            add(chat, { id: event.id, mine: true, at: event.at, text: event.text, replyTo: event.replyTo, state: "wait" });
          },
          business(event) {
            const chat = chatFor(event.customer, event.phoneNumberId);
            chat.typing = 0;
            if (event.type === "reaction" && event.content) {
              const target = byMessage.get(event.content.message_id);
              if (target) { target.message.reaction = event.text; changed(target.chat); return; }
            }
            add(chat, {
              id: event.id, mine: false, at: event.at, text: event.text, choices: event.choices || [],
              listLabel: event.listLabel, replyTo: event.replyTo, state: "",
            });
            if (chat !== current || document.hidden) chat.unread += 1;
            changed(chat);
          },
          read(event) {
            withMessage(event.id, ({ chat, message }) => {
              message.state = "read";
              if (event.typing) {
                chat.typing = event.at + TYPING_MS;
                setTimeout(() => changed(chat), Math.max(0, chat.typing - Date.now()) + 50);
              }
              changed(chat);
            });
          },
          status(event) {
            withMessage(event.id, ({ chat, message }) => {
              const order = ["", "sent", "delivered", "read", "played"];
              if (event.status === "failed") { message.state = "failed"; message.note = "failed: " + (event.reason || ""); }
              else if (order.indexOf(event.status) > order.indexOf(message.state)) message.state = event.status;
              changed(chat);
            });
          },
          webhook(event) {
            const answer = event.status !== undefined ? String(event.status) : event.error || "no answer";
            const good = event.outcome === "taken";
            if (event.kind === "messages") {
              for (const id of event.messageIds) withMessage(id, ({ chat, message }) => {
                if (good) { if (message.state === "wait") message.state = "taken"; message.note = ""; message.webhook = answer + " in " + event.elapsedMs + " ms"; }
                else if (message.state === "wait") message.note = "webhook: " + answer + (event.outcome === "again"
                  ? ", again in " + Math.round(event.againAfterMs / 100) / 10 + " s" : ", given up");
                changed(chat);
              });
            }
            line(event.at, (event.kind === "messages" ? "Webhook" : "Status webhook") + " → " + answer + " in " + event.elapsedMs + " ms"
              + (event.attempt > 1 ? ", attempt " + event.attempt : ""), !good);
          },
          rejected(event) {
            line(event.at, "Send" + (event.customer ? " to " + pretty(event.customer) : "") + " refused: " + event.status + " " + event.text, true);
            if (!event.customer) return;
            const chat = chats.get(event.customer + "@" + event.phoneNumberId);
            if (chat) add(chat, { id: "", mine: false, refused: true, at: event.at, text: "", note: "Answer refused: " + event.text, state: "" });
          },
          cleared() {
            for (const chat of chats.values()) { chat.messages = []; chat.unread = 0; chat.typing = 0; }
            byMessage.clear();
            parked.clear();
            wire = [];
            renderAll();
          },
        };

        function withMessage(id, apply) {
          const known = byMessage.get(id);
          if (known) return apply(known);
          if (parked.size > 1000) parked.delete(parked.keys().next().value);
          if (!parked.has(id)) parked.set(id, []);
          parked.get(id).push(apply);
        }

        function add(chat, message) {
          if (message.id && byMessage.has(message.id)) return;
          chat.messages.push(message);
          chat.last = message.at;
          if (chat.messages.length > KEPT) byMessage.delete(chat.messages.shift().id);
          if (message.id) {
            byMessage.set(message.id, { chat, message });
            for (const apply of parked.get(message.id) || []) apply({ chat, message });
            parked.delete(message.id);
          }
          if (message.text && !message.mine) line(message.at, "Answer to " + chat.name + ": " + message.text.slice(0, 90), false);
          changed(chat);
        }

        function line(at, text, bad) {
          wire.unshift({ at, text, bad });
          wire.length = Math.min(wire.length, WIRE_KEPT);
          later();
        }

        // ---- what a person sees, drawn at most once a frame

        let planned = false;
        const dirty = new Set();
        function changed(chat) { dirty.add(chat); later(); }
        function later() {
          if (planned) return;
          planned = true;
          requestAnimationFrame(() => {
            planned = false;
            renderPeople();
            renderWire();
            if (current && dirty.has(current)) renderLog();
            dirty.clear();
          });
        }
        function renderAll() { if (current) dirty.add(current); later(); }

        function renderPeople() {
          const list = $("people");
          const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : undefined;
          list.replaceChildren(...[...chats.values()].map((chat) => {
            const last = chat.messages.findLast((message) => message.text);
            const many = numbers.length > 1 ? " · " + numberOf(chat.number).name : "";
            return el("li", {}, el("button", {
              class: "person", type: "button", "data-key": chat.key, "aria-current": chat === current ? "true" : "false",
              on: { click: () => { select(chat); $("composer").focus(); } },
            },
              el("span", { class: "avatar", "aria-hidden": "true" }, initials(chat.name)),
              el("b", {}, chat.name),
              chat.unread ? el("span", { class: "unread", "aria-label": chat.unread + " unread" }, String(chat.unread)) : el("span"),
              el("small", {}, last ? (last.mine ? "You: " : "") + last.text.replace(/\s+/g, " ").slice(0, 60) : pretty(chat.customer) + many)));
          }));
          if (focused) for (const button of list.querySelectorAll("button")) if (button.dataset.key === focused) button.focus();
        }

        function ticks(message) {
          if (!message.mine || message.refused) return message.state && message.state !== "failed" ? el("span", {}, " · " + message.state) : null;
          const signs = { wait: ["○", "waiting for the webhook's answer"], taken: ["✓", "taken by the business"], read: ["✓✓", "read by the business"] };
          const [sign, label] = signs[message.state] || ["", ""];
          return el("span", { class: "ticks " + message.state, role: "img", "aria-label": label, title: label }, sign);
        }

        function bubble(message, latest) {
          const meta = el("span", { class: "meta" }, time(message.at), ticks(message), message.reaction ? " " + message.reaction : null);
          const box = el("div", { class: "msg" + (message.mine ? " mine" : "") + (message.state === "failed" ? " failed" : "") });
          if (!message.refused) box.append(el("div", { class: "bubble", title: message.webhook ? "webhook: " + message.webhook : undefined }, message.text, meta));
          if (message.note) box.append(el("p", { class: "note" + (message.refused || message.state === "failed" ? " bad" : "") }, message.note));
          if (message.choices && message.choices.length) {
            const list = message.listLabel !== undefined;
            const buttons = message.choices.map((choice) => el("button", {
              type: "button", class: "choice", on: { click: () => send({ reply: { ...choice, list }, replyTo: message.id }) },
            }, choice.title, choice.description ? el("small", {}, choice.description) : null));
            box.append(list
              ? el("details", { class: "list", open: latest }, el("summary", {}, message.listLabel), ...buttons)
              : el("div", { class: "choices" }, ...buttons));
          }
          return box;
        }

        const empty = el("p", { class: "empty" }, "Nothing here yet. Ask, for example: How long does shipping take?");
        const dots = el("div", { class: "msg typing" }, el("div", { class: "bubble", role: "img", "aria-label": "typing" }, el("i"), el("i"), el("i")));

        function renderLog() {
          const log = $("log");
          const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
          const chat = current;
          if (!document.hidden) chat.unread = 0;
          // What did not change keeps its nodes: focus, open lists, and a screen reader's place in the log.
          const items = chat.messages.map((message, index) => {
            const look = [message.state, message.note, message.reaction, message.webhook].join("\u0000");
            if (message.look !== look) {
              message.look = look;
              message.node = bubble(message, index === chat.messages.length - 1);
            }
            return message.node;
          });
          if (!items.length) items.push(empty);
          if (chat.typing > Date.now()) items.push(dots);
          items.forEach((node, index) => {
            if (log.children[index] !== node) log.insertBefore(node, log.children[index] || null);
          });
          while (log.children.length > items.length) log.lastChild.remove();
          if (atEnd || log.dataset.key !== chat.key) log.scrollTop = log.scrollHeight;
          log.dataset.key = chat.key;
        }

        function renderWire() {
          $("wire").replaceChildren(...wire.map((entry) => el("li", { class: entry.bad ? "bad" : "" }, el("time", {}, seconds(entry.at)), el("span", {}, entry.text))));
        }

        function select(chat) {
          current = chat;
          chat.unread = 0;
          const number = numberOf(chat.number);
          $("business").textContent = number.name;
          $("avatar").textContent = initials(number.name);
          $("as").textContent = "You are " + chat.name + (chat.name === pretty(chat.customer) ? "" : ", " + pretty(chat.customer));
          renderAll();
        }

        // ---- what a person does

        async function call(method, path, body) {
          const answer = await fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
          const json = await answer.json();
          if (!answer.ok) throw new Error(json.error ? json.error.message : "HTTP " + answer.status);
          return json;
        }

        async function send(message) {
          const chat = current;
          if (!chat) return;
          const body = { ...message, phoneNumberId: chat.number, name: chat.name };
          if ($("twice").checked) body.duplicates = 2;
          if ($("late").checked) body.ageSeconds = 7200;
          try {
            await call("POST", "/simulator/customers/" + encodeURIComponent(chat.customer) + "/messages", body);
          } catch (error) {
            add(chat, { id: "", mine: true, refused: true, at: Date.now(), text: "", note: "Not sent: " + error.message, state: "failed" });
          }
        }

        $("form").addEventListener("submit", (event) => {
          event.preventDefault();
          const field = $("composer");
          const text = field.value.trim();
          if (!text) return;
          field.value = "";
          field.style.height = "";
          send({ text });
          field.focus();
        });
        $("composer").addEventListener("keydown", (event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          $("form").requestSubmit();
        });
        $("composer").addEventListener("input", () => {
          const field = $("composer");
          field.style.height = "";
          field.style.height = Math.min(field.scrollHeight + 2, 130) + "px";
        });
        $("fault").addEventListener("change", async () => {
          const field = $("fault");
          if (!field.value || !current) return;
          const label = field.selectedOptions[0].textContent;
          try {
            await call("POST", "/simulator/faults", { match: { to: current.customer, times: 1 }, respond: JSON.parse(field.value) });
            line(Date.now(), "Next answer to " + current.name + ": " + label, false);
          } catch (error) { line(Date.now(), error.message, true); }
          field.value = "";
        });

        const saved = () => { try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; } };
        $("add-form").addEventListener("submit", (event) => {
          event.preventDefault();
          const typed = $("add-phone").value.trim();
          const digits = typed.replace(/[^\d]/g, "");
          const scoped = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(typed);
          if (!scoped && (digits.length < 5 || digits.length > 20 || digits.startsWith("00") || /[^\d+ ().-]/.test(typed))) {
            $("add-error").textContent = "Please give a phone number with country code, such as +44 7700 900103.";
            return;
          }
          $("add-error").textContent = "";
          const customer = scoped ? typed : digits;
          const number = numbers.length ? $("add-number").value : "0";
          const name = $("add-name").value.trim();
          const chat = chatFor(customer, number, name);
          try { localStorage.setItem(STORE, JSON.stringify([...saved(), { customer, number, name }].slice(-50))); } catch { /* private mode */ }
          event.target.reset();
          $("add").open = false;
          select(chat);
          $("composer").focus();
        });
        document.addEventListener("visibilitychange", renderAll);

        // ---- start

        async function start() {
          const state = await (await fetch("/simulator/state")).json();
          numbers = state.numbers;
          $("add-number").replaceChildren(...numbers.map((number) => el("option", { value: number.id }, number.name + " (" + number.displayPhoneNumber + ")")));
          $("add-number-row").hidden = numbers.length < 2;
          const first = numbers.length ? numbers[0].id : "0";
          const known = (number) => !numbers.length || numbers.some((one) => one.id === number);
          chatFor("447700900101", first, "Ada Lovelace");
          chatFor("447700900102", first, "Lin Dan");
          for (const one of saved()) if (known(one.number)) chatFor(one.customer, one.number, one.name);
          const link = $("link");
          const events = new EventSource("/simulator/events");
          events.onopen = () => { link.textContent = "Live"; link.className = "link live"; };
          events.onerror = () => { link.textContent = "Reconnecting…"; link.className = "link down"; };
          events.onmessage = (message) => {
            const event = JSON.parse(message.data);
            if (receive[event.event]) receive[event.event](event);
          };
          renderAll();
        }
        start().catch(() => { $("link").textContent = "The simulator does not answer. Reload to try again."; $("link").className = "link down"; });
        """#
}
