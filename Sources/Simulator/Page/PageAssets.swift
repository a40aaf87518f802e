/// The page with the phones. Its parts are Swift texts, so that they travel inside the binary.
enum PageAssets {
    static let html = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>WhatsApp simulator · MetaChat</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%230b7a57'/%3E%3Cpath d='M9 9h14a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3h-7l-6 5v-5H9a3 3 0 0 1-3-3v-6a3 3 0 0 1 3-3z' fill='white'/%3E%3C/svg%3E">
        <link rel="stylesheet" href="/simulator/page.css">
        </head>
        <body>
        <a class="skip" href="#composer">Skip to the message field</a>
        <header class="top">
          <div class="brand"><span class="logo" aria-hidden="true"></span><h1>WhatsApp simulator</h1></div>
          <p class="lead">Write as a customer. The messages travel as signed webhooks; the answers come back through the simulated Graph API.</p>
          <p id="link" class="link" role="status">Connecting…</p>
        </header>
        <main>
          <nav class="people" aria-label="Customers">
            <h2>Customers</h2>
            <ul id="people"></ul>
            <details id="add">
              <summary>Add a customer</summary>
              <form id="add-form" autocomplete="off">
                <label>Name <input id="add-name" maxlength="80" placeholder="Grace"></label>
                <label>Phone with country code <input id="add-phone" required maxlength="30" inputmode="tel" placeholder="+44 7700 900103"></label>
                <label id="add-number-row" hidden>Business number <select id="add-number"></select></label>
                <p id="add-error" class="error" role="alert"></p>
                <button class="primary">Add</button>
              </form>
            </details>
          </nav>
          <section class="phone" aria-label="Phone">
            <div class="bar">
              <span id="avatar" class="avatar" aria-hidden="true"></span>
              <div class="who"><h2 id="business">…</h2><p id="as"></p></div>
            </div>
            <div id="log" class="log" role="log" aria-live="polite" aria-label="Messages" tabindex="0"></div>
            <form id="form" class="composer">
              <textarea id="composer" rows="1" maxlength="4096" placeholder="Write a message" aria-label="Write a message"></textarea>
              <button class="send" aria-label="Send message"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.4 20.4 21 12 3.4 3.6 3.4 10l11 2-11 2z"/></svg></button>
            </form>
          </section>
          <aside class="wire" aria-label="On the wire">
            <h2>Disturb</h2>
            <div class="disturb">
              <label>The next answer to this customer
                <select id="fault">
                  <option value="">passes</option>
                  <option value='{"status":429,"code":130429,"retryAfter":2}'>429 rate limit (130429)</option>
                  <option value='{"status":503}'>503 service unavailable</option>
                  <option value='{"code":131056}'>pair rate limit (131056)</option>
                  <option value='{"code":131047}'>24-hour window closed (131047)</option>
                  <option value='{"code":190}'>access token expired (190)</option>
                  <option value='{"dropResponse":true}'>is taken, but the response gets lost</option>
                  <option value='{"failedStatus":{"code":131026}}'>is taken, then fails (131026)</option>
                </select></label>
              <label class="check"><input type="checkbox" id="twice"> Post my message three times</label>
              <label class="check"><input type="checkbox" id="late"> Written two hours ago</label>
            </div>
            <h2>On the wire</h2>
            <ol id="wire"></ol>
          </aside>
        </main>
        <script src="/simulator/page.js"></script>
        </body>
        </html>
        """#
}
