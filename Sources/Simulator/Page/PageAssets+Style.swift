extension PageAssets {
    static let css = #"""
        :root {
          color-scheme: light dark;
          --bg: #eef2f0; --panel: #ffffff; --ink: #14201a; --muted: #56665e; --line: #d6dfda;
          --accent: #0b7a57; --accent-ink: #ffffff; --soft: #e3f3ec; --chat: #ece7df;
          --mine: #d8f6da; --theirs: #ffffff; --tick: #0a6cc2; --bad: #b3261e; --bad-soft: #fdeceb;
          --shadow: 0 1px 2px rgb(20 32 26 / .12); --frame: #14201a;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --bg: #0d1311; --panel: #161e1b; --ink: #e8efeb; --muted: #9db1a7; --line: #2a3632;
            --accent: #3fcf97; --accent-ink: #06241a; --soft: #17352a; --chat: #101816;
            --mine: #14503a; --theirs: #222e2a; --tick: #6cc4ff; --bad: #ff8f86; --bad-soft: #3a1f1d;
            --shadow: 0 1px 2px rgb(0 0 0 / .4); --frame: #2a3632;
          }
        }
        * { box-sizing: border-box; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
        html, body { height: 100%; }
        body {
          margin: 0; background: var(--bg); color: var(--ink); display: flex; flex-direction: column;
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
        }
        h1, h2, p, ul, ol { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h1 { font-size: 17px; letter-spacing: -.01em; }
        h2 { font-size: 12px; font-weight: 650; color: var(--muted); text-transform: uppercase; letter-spacing: .06em; }
        button, input, select, textarea { font: inherit; color: inherit; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 12px; top: 12px; background: var(--panel); padding: 8px 12px; border-radius: 8px; z-index: 9; }
        .top { display: flex; align-items: center; gap: 20px; padding: 12px 20px; background: var(--panel); border-bottom: 1px solid var(--line); }
        .brand { display: flex; align-items: center; gap: 10px; white-space: nowrap; }
        .logo { width: 26px; height: 26px; border-radius: 8px; background: var(--accent); position: relative; }
        .logo::after { content: ""; position: absolute; inset: 7px 6px 9px; border-radius: 4px; background: var(--panel); }
        .lead { color: var(--muted); flex: 1; min-width: 0; }
        .link { font-size: 13px; color: var(--muted); display: flex; align-items: center; gap: 7px; white-space: nowrap; }
        .link::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--muted); }
        .link.live::before { background: var(--accent); }
        .link.down { color: var(--bad); }
        .link.down::before { background: var(--bad); }
        main {
          flex: 1; min-height: 0; display: grid; gap: 20px; padding: 20px; justify-content: center;
          grid-template-columns: minmax(200px, 270px) minmax(320px, 470px) minmax(240px, 380px);
        }
        .people, .wire { min-height: 0; overflow: auto; display: flex; flex-direction: column; gap: 10px; padding: 2px; }
        #people { display: flex; flex-direction: column; gap: 4px; }
        .person {
          width: 100%; display: grid; grid-template-columns: 40px 1fr auto; gap: 2px 11px; align-items: center; text-align: left;
          padding: 9px 10px; border: 1px solid transparent; border-radius: 12px; background: none; cursor: pointer;
        }
        .person:hover { background: var(--panel); }
        .person[aria-current="true"] { background: var(--panel); border-color: var(--line); box-shadow: var(--shadow); }
        .person .avatar { grid-row: span 2; }
        .person b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .person small { grid-column: 2 / 4; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
        .person .unread { min-width: 20px; padding: 0 6px; border-radius: 10px; background: var(--accent); color: var(--accent-ink); font-size: 12px; line-height: 20px; text-align: center; }
        .avatar {
          width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; font-weight: 600; font-size: 15px;
          background: var(--soft); color: var(--accent); flex: none;
        }
        details summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: 8px 10px; border-radius: 10px; }
        #add form { display: flex; flex-direction: column; gap: 10px; padding: 8px 10px; }
        label { display: flex; flex-direction: column; gap: 4px; font-size: 13px; color: var(--muted); }
        input, select, textarea { color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 9px; padding: 8px 10px; font-size: 15px; min-width: 0; }
        .check { flex-direction: row; align-items: center; gap: 8px; color: var(--ink); }
        .check input { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
        .primary { background: var(--accent); color: var(--accent-ink); border: 0; border-radius: 9px; padding: 9px 14px; font-weight: 600; cursor: pointer; }
        .error { color: var(--bad); font-size: 13px; }
        .error:empty { display: none; }
        .phone {
          min-height: 0; display: flex; flex-direction: column; overflow: hidden; background: var(--chat);
          border: 8px solid var(--frame); border-radius: 34px; box-shadow: 0 12px 34px rgb(0 0 0 / .16);
        }
        .bar { display: flex; gap: 12px; align-items: center; padding: 12px 16px; background: var(--panel); border-bottom: 1px solid var(--line); }
        .who { min-width: 0; }
        .who h2 { font-size: 16px; color: var(--ink); text-transform: none; letter-spacing: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .who p { font-size: 13px; color: var(--muted); }
        .log { flex: 1; min-height: 0; overflow-y: auto; padding: 16px 14px; display: flex; flex-direction: column; gap: 6px; }
        .log:focus-visible { outline-offset: -3px; }
        .empty { margin: auto; max-width: 28ch; text-align: center; color: var(--muted); }
        .msg { max-width: 84%; display: flex; flex-direction: column; gap: 4px; align-self: flex-start; }
        .msg.mine { align-self: flex-end; align-items: flex-end; }
        .bubble {
          background: var(--theirs); border-radius: 4px 14px 14px 14px; padding: 7px 11px 6px; box-shadow: var(--shadow);
          white-space: pre-wrap; overflow-wrap: anywhere;
        }
        .mine .bubble { background: var(--mine); border-radius: 14px 4px 14px 14px; }
        .meta { display: block; text-align: right; font-size: 11.5px; color: var(--muted); margin-top: 1px; white-space: nowrap; user-select: none; }
        .meta .ticks { letter-spacing: -.28em; margin: 0 .28em 0 4px; }
        .meta .read { color: var(--tick); font-weight: 700; }
        .note { font-size: 12px; color: var(--muted); padding: 0 4px; overflow-wrap: anywhere; }
        .note.bad, .msg.failed .note { color: var(--bad); }
        .choices { display: flex; flex-direction: column; gap: 5px; align-self: stretch; }
        .choice {
          border: 0; border-radius: 11px; background: var(--theirs); color: var(--accent); padding: 9px 12px; font-weight: 600;
          box-shadow: var(--shadow); cursor: pointer; text-align: center;
        }
        .choice small { display: block; font-weight: 400; color: var(--muted); }
        .choice:hover { background: var(--soft); }
        .list { background: var(--theirs); border-radius: 11px; box-shadow: var(--shadow); }
        .list .choice { box-shadow: none; width: 100%; text-align: left; }
        .list summary { text-align: center; }
        .typing .bubble { display: flex; gap: 5px; padding: 13px 14px; }
        .typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: blink 1.2s infinite; }
        .typing i:nth-child(2) { animation-delay: .2s; }
        .typing i:nth-child(3) { animation-delay: .4s; }
        @keyframes blink { 0%, 70%, 100% { opacity: .25; } 35% { opacity: 1; } }
        @media (prefers-reduced-motion: reduce) { .typing i { animation: none; opacity: .6; } }
        .composer { display: flex; gap: 8px; align-items: flex-end; padding: 10px 12px; background: var(--panel); border-top: 1px solid var(--line); }
        .composer textarea { flex: 1; resize: none; border-radius: 20px; padding: 9px 15px; max-height: 130px; line-height: 1.4; background: var(--bg); }
        .send { width: 42px; height: 42px; border-radius: 50%; border: 0; background: var(--accent); cursor: pointer; display: grid; place-items: center; flex: none; }
        .send svg { width: 20px; fill: var(--accent-ink); }
        .wire { background: var(--panel); border: 1px solid var(--line); border-radius: 16px; padding: 16px; }
        .disturb { display: flex; flex-direction: column; gap: 10px; margin-bottom: 8px; }
        #wire { display: flex; flex-direction: column; gap: 1px; font-size: 12.5px; }
        #wire li { display: grid; grid-template-columns: 62px 1fr; gap: 8px; padding: 5px 0; border-top: 1px solid var(--line); }
        #wire time { color: var(--muted); font-variant-numeric: tabular-nums; }
        #wire li.bad span { color: var(--bad); }
        #wire span { overflow-wrap: anywhere; }
        @media (max-width: 1020px) {
          main { grid-template-columns: minmax(180px, 250px) minmax(300px, 520px); }
          .wire { grid-column: 1 / -1; max-height: 210px; }
          .lead { display: none; }
          .link { margin-left: auto; }
        }
        @media (max-width: 640px) {
          main { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(380px, 1fr) auto; padding: 10px; gap: 10px; overflow: auto; }
          #people { flex-direction: row; overflow-x: auto; }
          .people { overflow: visible; }
          .people > h2 { display: none; }
          .person { width: auto; min-width: 160px; }
          .phone { border-width: 4px; border-radius: 22px; }
        }
        """#
}
