/* The live page: controls on one side, the answer on the other. The address holds all that is asked. */
(function () {
  "use strict";
  const shared = window.Shakeout;
  const byId = (id) => document.getElementById(id);
  const TAB = String(Math.random()).slice(2) + String(performance.now());
  const WAIT = 60;  // milliseconds after a movement until the question is asked
  const BEAT = 5000;  // milliseconds between two looks whether the server is there
  const RANGE_STEPS = 200;
  const MOST_FOUND = 40;
  const LARGE_LETTERS = 1.4;  // how many times as large the letters of figures are in large type
  const NARROW = 900;  // pixels: controls stand above the answer's chapters, and all but the laws are folded
  let catalogue = null;
  let state = { sets: [], pinned: [], firm: "", large: false };

  const make = (tag, text, parent, settings) => {
    const made = document.createElement(tag);
    if (text) { made.textContent = text; }
    Object.entries(settings || {}).forEach(([name, value]) => { made.setAttribute(name, value); });
    if (parent) { parent.appendChild(made); }
    return made;
  };

  // The address.
  const SET = /^\s*([^=]+?)\s*=([\s\S]*?)(?:@(\d{4}-\d\d)(?:\.\.(\d{4}-\d\d))?)?$/;
  const parsed = (text) => {
    const found = SET.exec(text);
    return found ? { path: found[1], value: found[2], from: found[3] || "", until: found[4] || "" } : { path: text, value: "", from: "", until: "" };
  };
  const written = (set) => set.path + "=" + set.value + (set.from ? "@" + set.from + (set.until ? ".." + set.until : "") : "");
  const query = (of) => {
    const said = new URLSearchParams();
    of.sets.forEach((set) => said.append("set", written(set)));
    of.pinned.forEach((text) => said.append("variant", text));
    if (of.firm) { said.append("firm", of.firm); }
    return said;
  };
  const address = () => {
    const said = query(state);
    if (state.large) { said.append("large", "1"); }
    return String(said) ? "?" + said : "";
  };
  const read = () => {
    const said = new URLSearchParams(window.location.search);
    state = { sets: said.getAll("set").map(parsed), pinned: said.getAll("variant"), firm: said.get("firm") || "", large: said.get("large") === "1" };
  };
  const keepAddress = (push) => {
    const target = window.location.pathname + address();
    if (target === window.location.pathname + window.location.search) { return; }
    window.history[push ? "pushState" : "replaceState"](null, "", target);
  };

  // What is changed.
  const setOf = (path) => state.sets.find((set) => set.path === path);
  const put = (path, value, dates, push) => {
    const known = setOf(path);
    const row = catalogue.assumptions[path];
    const from = dates ? dates.from : known ? known.from : "";
    const until = dates ? dates.until : known ? known.until : "";
    const set = { path: path, value: String(value), from: until && !from ? catalogue.start : from, until: until };
    if (row && !set.from && sure(row) && String(row.base) === set.value) {
      state.sets = state.sets.filter((one) => one !== known);
    } else if (known) {
      state.sets = state.sets.map((one) => (one === known ? set : one));
    } else {
      state.sets = state.sets.concat([set]);
    }
    changed(push);
  };
  const putBack = (path) => { state.sets = state.sets.filter((set) => set.path !== path); changed(true); };
  const sure = (row) => row.varies === "";
  const VARIES = { "by world": ", drawn anew in every world", "by month": ", which changes over the months", "": "" };
  const shown = (value) => (typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value));
  const changed = (push) => { refresh(); keepAddress(push); ask(); };

  // Controls. Each has refresh(), which shows the state.
  let controls = [];
  let serial = 0;
  const nice = (span) => {
    const power = Math.pow(10, Math.floor(Math.log10(span / RANGE_STEPS)));
    return [1, 2, 5, 10].map((digit) => digit * power).find((step) => span / step <= RANGE_STEPS);
  };
  const reach = (row) => {
    const base = Number(row.base);
    if (row.high - row.low <= 100) { return [row.low, row.high]; }
    if (!base) { return null; }
    return [Math.max(row.low, Math.min(0, 4 * base)), Math.min(row.high, Math.max(0, 4 * base))];
  };
  const control = (path, label, parent, lever) => {
    const row = catalogue.assumptions[path];
    const id = "control-" + serial++;
    const box = make("div", "", parent, { class: "control" + (lever && !lever.dated && lever.dial ? " dial" : ""), "data-path": path });
    const line = make("div", "", box, { class: "line" });
    make("label", label, line, { class: "what", for: id, title: path });
    const value = make("output", "", line, { class: "value", for: id });
    const labels = Object.entries(row.labels);
    const named = labels.length > 0;
    let field;
    let number = null;
    if (named) {
      field = make("select", "", box, { id: id });
      labels.sort((one, other) => Number(one[0]) - Number(other[0])).forEach(([known, text]) => make("option", known + ": " + text, field, { value: known }));
    } else {
      const ends = lever ? [lever.low, lever.high] : reach(row);
      if (ends) {
        const step = lever ? lever.step : row.whole ? 1 : nice(ends[1] - ends[0]);
        field = make("input", "", box, { id: id, type: "range", min: ends[0], max: ends[1], step: step });
      }
      if (!lever) {
        number = make("input", "", box, { type: "number", step: "any", min: row.low, max: row.high, "aria-label": label + ", exact value", id: field ? id + "-exact" : id });
        if (!field) { field = number; number = null; }
      }
    }
    const under = make("div", "", box, { class: "line" });
    const about = row.unit === "switch" || row.unit === "code" || row.unit === "dial" ? "" : " " + row.unit;
    const base = make("span", "", under, { class: "base" });
    const back = make("button", "put back", under, { type: "button", "aria-label": "put back: " + label });
    back.addEventListener("click", () => { putBack(path); field.focus(); });
    let dates = null;
    if (row.dated && (!lever || lever.dated)) {
      const where = make("div", "", box, { class: "dates" });
      const month = (text) => {
        const tag = make("label", text + " ", where);
        return make("input", "", tag, { type: "month", placeholder: "YYYY-MM", min: catalogue.start, max: catalogue.end, "aria-label": label + ", " + text });
      };
      dates = { from: month("from"), until: month("until") };
      Object.values(dates).forEach((one) => one.addEventListener("change", () => {
        const known = setOf(path);
        put(path, known ? known.value : field.value, { from: dates.from.value, until: dates.until.value }, true);
      }));
    }
    const moved = (from, push) => { if (from.value !== "") { put(path, from.value, null, push); } };
    [field, number].filter(Boolean).forEach((one) => {
      one.addEventListener("input", () => moved(one, false));
      one.addEventListener("change", () => moved(one, true));
    });
    const notes = row.events ? "; " + row.events + " dated event" + (row.events > 1 ? "s" : "") + " of the scenario change it" : "";
    base.textContent = "base " + row.base_text + about + VARIES[row.varies] + notes;
    const own = {
      box: box, path: path,
      refresh: () => {
        const set = setOf(path);
        const now = set ? set.value : String(row.base);
        box.classList.toggle("changed", Boolean(set));
        back.hidden = !set;
        if (field.value !== now) { field.value = now; }
        if (number && document.activeElement !== number) { number.value = now; }
        value.textContent = named ? "" : shown(isNaN(Number(now)) ? now : Number(now));
        if (field.type === "range") { field.setAttribute("aria-valuetext", shown(Number(now)) + about + (set ? ", changed; base " + row.base_text : "")); }
        if (dates) {
          if (document.activeElement !== dates.from) { dates.from.value = set ? set.from : ""; }
          if (document.activeElement !== dates.until) { dates.until.value = set ? set.until : ""; }
        }
      }
    };
    own.refresh();
    controls.push(own);
    return own;
  };

  const decisions = () => {
    const firm = byId("decider").value;
    const place = byId("decisions");
    controls = controls.filter((one) => !place.contains(one.box));
    place.replaceChildren();
    const name = (catalogue.firms.find((one) => one.id === firm) || { name: firm }).name;
    catalogue.decisions.forEach((decision) => {
      const path = "firms." + firm + "." + decision.name;
      const row = catalogue.assumptions[path];
      if (!row) { return; }
      const id = "control-" + serial++;
      const box = make("div", "", place, { class: "control", "data-path": path });
      const line = make("div", "", box, { class: "line" });
      make("label", name + " " + decision.does, line, { class: "what", for: id, title: path });
      const select = make("select", "", line, { id: id });
      ["rule", "never", "a month"].forEach((word) => make("option", word, select, { value: word }));
      const under = make("div", "", box, { class: "line" });
      const month = make("input", "", under, { type: "month", placeholder: "YYYY-MM", min: catalogue.start, max: catalogue.end, "aria-label": name + " " + decision.does + " in" });
      make("span", "base " + row.base_text, under, { class: "base" });
      const back = make("button", "put back", under, { type: "button", "aria-label": "put back: " + name + " " + decision.does });
      back.addEventListener("click", () => { putBack(path); select.focus(); });
      select.addEventListener("change", () => {
        month.hidden = select.value !== "a month";
        if (select.value === "a month") { month.value = month.value || catalogue.start; put(path, month.value, null, true); } else { put(path, select.value, null, true); }
      });
      month.addEventListener("change", () => { if (month.value) { put(path, month.value, null, true); } });
      const own = {
        box: box, path: path,
        refresh: () => {
          const set = setOf(path);
          const now = set ? set.value : String(row.base);
          const dated = /^\d{4}-\d\d$/.test(now);
          box.classList.toggle("changed", Boolean(set));
          back.hidden = !set;
          select.value = dated ? "a month" : now;
          month.hidden = !dated;
          if (dated && document.activeElement !== month) { month.value = now; }
        }
      };
      own.refresh();
      controls.push(own);
    });
  };

  // Search.
  const search = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const list = byId("found");
    list.replaceChildren();
    if (!words.length) { byId("found-count").textContent = ""; return; }
    const hits = Object.entries(catalogue.assumptions).filter(([path, row]) => {
      const text = (path + " " + row.says + " " + row.unit + " " + row.source).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const more = hits.length > MOST_FOUND ? ", the first " + MOST_FOUND + " are shown: add a word" : "";
    byId("found-count").textContent = hits.length + " of " + Object.keys(catalogue.assumptions).length + " assumptions" + more;
    hits.slice(0, MOST_FOUND).forEach(([path, row]) => {
      const button = make("button", path, make("li", "", list), { type: "button" });
      const bounds = row.decides ? "rule, never or a month" : row.low + " to " + row.high + " " + row.unit;
      make("small", row.says + " · " + bounds + " · base " + row.base_text + " · default " + row.default + " · source: " + row.source, button);
      button.addEventListener("click", () => {
        choose(path);
        byId("search").value = "";
        search();
        const field = byId("chosen").querySelector("[data-path='" + CSS.escape(path) + "'] :is(input, select)");
        if (field) { field.focus(); }
      });
    });
  };
  const choose = (path) => {
    const row = catalogue.assumptions[path];
    if (!row || controls.some((one) => one.path === path && byId("chosen").contains(one.box))) { return; }
    if (row.decides) {
      byId("decider").value = path.split(".")[1];
      decisions();
      return;
    }
    control(path, row.says + (path.startsWith("firms.") ? " (" + path.split(".")[1] + ")" : ""), byId("chosen"), null);
  };

  // Lists.
  const lists = () => {
    const list = byId("changed");
    list.replaceChildren();
    state.sets.forEach((set, at) => {
      const row = catalogue.assumptions[set.path];
      const item = make("li", "", list);
      const text = make("span", "", item);
      make("span", (row ? row.says : set.path) + ": ", text);
      make("b", set.value + (row && !row.decides && !Object.keys(row.labels).length ? " " + row.unit : ""), text);
      if (set.from) { make("span", " from " + set.from + (set.until ? " to " + set.until : ""), text); }
      if (row) { make("span", " (base " + row.base_text + ")", text, { class: "small" }); }
      const back = make("button", "put back", item, { type: "button", "aria-label": "put back " + (row ? row.says : set.path) });
      back.addEventListener("click", () => { state.sets = state.sets.filter((_, other) => other !== at); changed(true); });
    });
    if (!state.sets.length) { make("li", "Nothing: this is the base.", list, { class: "small" }); }
    byId("reset").hidden = !state.sets.length;
    byId("pin").disabled = !state.sets.length || state.pinned.length >= 4;
    const pins = byId("pinned");
    pins.replaceChildren();
    state.pinned.forEach((text, at) => {
      const item = make("li", "", pins);
      const name = text.split(":")[0];
      make("span", name, item, { title: text });
      const buttons = make("span", "", item);
      const show = make("button", "take up", buttons, { type: "button", "aria-label": "take up " + name });
      show.addEventListener("click", () => {
        state.sets = split(text.slice(text.indexOf(":") + 1)).map(parsed);
        state.pinned = state.pinned.filter((_, other) => other !== at);
        changed(true);
      });
      const off = make("button", "unpin", buttons, { type: "button", "aria-label": "unpin " + name });
      off.addEventListener("click", () => { state.pinned = state.pinned.filter((_, other) => other !== at); changed(true); });
    });
  };
  // Commas inside brackets, braces and quotes do not part two changes.
  const split = (text) => {
    const parts = [""];
    let depth = 0;
    let quote = "";
    for (const letter of text) {
      if (quote) { quote = letter === quote ? "" : quote; } else if ("\"'".includes(letter)) { quote = letter; } else if ("[{".includes(letter)) { depth += 1; } else if ("]}".includes(letter)) { depth -= 1; }
      if (letter === "," && !depth && !quote) { parts.push(""); } else { parts[parts.length - 1] += letter; }
    }
    return parts.map((part) => part.trim()).filter(Boolean);
  };

  const refresh = () => {
    state.sets.forEach((set) => { if (catalogue.assumptions[set.path] && !controls.some((one) => one.path === set.path)) { choose(set.path); } });
    controls.forEach((one) => one.refresh());
    lists();
    byId("focus").value = state.firm;
    setLarge();
    const said = query(state);
    ["yaml", "xlsx", "csv"].forEach((id) => { const link = byId(id); link.href = link.getAttribute("href").split("?")[0] + (String(said) ? "?" + said : ""); });
  };

  // Asking. Only the last question counts: an older one is broken off here and at the server.
  let turn = 0;
  let running = null;
  let timer = 0;
  const ask = () => {
    window.clearTimeout(timer);
    turn += 1;
    document.documentElement.dataset.state = "asking";
    timer = window.setTimeout(send, WAIT);
  };
  const send = async () => {
    const mine = ++turn;
    if (running) { running.abort(); }
    running = new AbortController();
    byId("sections").setAttribute("aria-busy", "true");
    document.documentElement.dataset.state = "asking";
    byId("xlsx").setAttribute("aria-disabled", "true");
    command();
    try {
      const reply = await fetch("answer", { method: "POST", body: JSON.stringify({ tab: TAB, address: String(query(state)) }), headers: { "content-type": "application/json" }, signal: running.signal });
      if (!reply.ok) { if (mine === turn) { wrong(await reply.text()); } return; }
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      let last = false;
      for (;;) {
        const part = await reader.read();
        if (mine !== turn) { return; }
        if (part.done) { break; }
        text += part.value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const lines = text.slice(0, end).split("\n");
          text = text.slice(end + 2);
          const name = lines[0].replace("event: ", "");
          const data = JSON.parse(lines[1].replace("data: ", ""));
          last = last || name === "wrong" || Boolean(data.last && name === "stage");
          await HANDLERS[name](data);
          if (mine !== turn) { return; }
        }
      }
      if (!last) { lost(); }
    } catch (error) {
      if (mine === turn && error.name !== "AbortError") { lost(); }
    }
  };
  const wrong = (message) => {
    const box = byId("wrong");
    box.textContent = message;
    box.hidden = false;
    byId("headline").textContent = "This cannot be asked";
    byId("others").replaceChildren();
    byId("count").textContent = "";
    byId("note").textContent = "What stands below is the answer before.";
    byId("sections").setAttribute("aria-busy", "false");
    document.documentElement.dataset.state = "wrong";
  };
  const lost = () => {
    const box = byId("lost");
    box.replaceChildren(document.createTextNode("The server does not answer: the command that serves this page has ended, or this machine slept. Start the command again and open the address that it prints. What stands below is the last answer. "));
    const again = make("button", "Try again", box, { type: "button" });
    again.addEventListener("click", send);
    box.hidden = false;
    document.documentElement.dataset.state = "lost";
  };
  const HANDLERS = {
    wrong: (data) => wrong(data.message),
    told: (data) => {
      byId("lost").hidden = true;
      byId("wrong").hidden = true;
      shared.all("#sections > section").forEach((one) => one.classList.add("stale"));
      above = null;
      byId("headline").textContent = data.sentences[0] + ".";
      const others = byId("others");
      others.replaceChildren();
      data.sentences.slice(1).forEach((sentence) => make("li", sentence + ".", others));
      byId("note").textContent = data.note;
      byId("progress").value = data.worlds / data.of;
      byId("count").textContent = data.worlds.toLocaleString("en") + " of " + data.of.toLocaleString("en") + " worlds";
      document.documentElement.dataset.worlds = data.worlds;
      if (data.last) { byId("said").textContent = data.worlds.toLocaleString("en") + " worlds: " + data.sentences.join(". ") + "."; }
    },
    section: (data) => render(data),
    stage: (data) => {
      const box = byId("sections");
      if (data.whole) { Array.from(box.children).forEach((one) => { if (!data.sections.includes(one.dataset.section)) { one.remove(); } }); }
      if (data.last) {
        box.setAttribute("aria-busy", "false");
        if (document.documentElement.dataset.state !== "trouble") { document.documentElement.dataset.state = "answered"; }
      }
    }
  };

  // A chapter is put in the place of the one before: what is open, chosen, hidden and focused stays so, and a figure that
  // was drawn is drawn over, so that nothing flickers.
  const focusable = (root) => Array.from(root.querySelectorAll("button, summary, a, .scroll"));
  let above = null;  // the chapter rendered last
  const render = (data) => {
    const box = byId("sections");
    const old = Array.from(box.children).find((one) => one.dataset.section === data.id);
    const made = make("section", "", null, { "data-section": data.id });
    made.innerHTML = data.html;
    const heading = made.querySelector("h2");
    heading.id = "h-" + data.id;
    made.setAttribute("aria-labelledby", heading.id);
    const before = above;
    above = made;
    if (!old) {
      if (before) { before.after(made); } else { box.prepend(made); }
      return shared.begin(made);
    }
    const held = focusable(old).indexOf(document.activeElement);
    carry(old, made);
    old.replaceWith(made);
    const done = shared.begin(made);
    if (held >= 0) { const again = focusable(made)[held]; if (again) { again.focus({ preventScroll: true }); } }
    redraw(made);
    return done;
  };
  const carry = (old, made) => {
    const folded = Array.from(old.querySelectorAll("details"));
    Array.from(made.querySelectorAll("details")).forEach((one, at) => { if (folded[at]) { one.open = folded[at].open; } });
    made.querySelectorAll(".switch").forEach((box) => {
      const before = old.querySelector("#" + CSS.escape(box.id));
      const chosen = before ? Array.from(before.querySelectorAll(".choice")).findIndex((one) => one.getAttribute("aria-pressed") === "true") : 0;
      box.querySelectorAll(".choice").forEach((one, at) => one.setAttribute("aria-pressed", String(at === chosen)));
      box.querySelectorAll(".view").forEach((one, at) => { one.hidden = at !== chosen; });
    });
    made.querySelectorAll(".plot").forEach((plot) => {
      const before = old.querySelector("#" + CSS.escape(plot.id));
      if (!before || !before.dataset.drawn) { return; }
      before.style.height = plot.style.height;
      before.dataset.again = "yes";
      plot.replaceWith(before);
    });
  };
  const redraw = (root) => {
    root.querySelectorAll(".plot[data-again]").forEach((plot) => {
      delete plot.dataset.again;
      const panel = shared.panelOf(plot);
      window.Plotly.react(plot, panel.data, shared.layoutOf(panel), { displayModeBar: false });
    });
  };
  const setLarge = () => {
    shared.letters = state.large ? LARGE_LETTERS : 1;
    document.documentElement.classList.toggle("large", state.large);
    byId("large").setAttribute("aria-pressed", String(state.large));
  };
  const redrawAll = () => {
    shared.all("#sections .plot").forEach((plot) => { if (plot.dataset.drawn) { plot.dataset.again = "yes"; } });
    redraw(document);
  };

  // To take away.
  const command = async () => {
    try {
      const reply = await fetch("command" + (String(query(state)) ? "?" + query(state) : ""));
      if (reply.ok) { byId("command").value = await reply.text(); }
    } catch (error) { /* the answer says that the server is gone */ }
  };
  const copied = (button, text) => {
    const said = button.textContent;
    const done = (word) => { button.textContent = word; window.setTimeout(() => { button.textContent = said; }, 1500); };
    navigator.clipboard.writeText(text).then(() => done("Copied"), () => { byId("command").select(); done("Press Ctrl-C"); });
  };

  // The full report.
  let watching = 0;
  const standing = async () => {
    let now;
    try {
      now = await (await fetch("full-report/standing")).json();
      if (document.documentElement.dataset.state === "lost") { send(); }
    } catch (error) { lost(); return; }
    const place = byId("standing");
    const busy = now.state === "at work";
    byId("report").disabled = busy;
    byId("stop-report").hidden = !busy;
    place.replaceChildren();
    if (busy) {
      make("progress", "", place, { max: now.total || 1, value: now.done, "aria-label": "Worlds of the report" });
      make("span", " " + now.stage + ", " + now.done.toLocaleString("en") + " of " + now.total.toLocaleString("en") + " worlds", place);
    } else if (now.state === "done") {
      make("a", "Open the full report", place, { href: "full-report/page", target: "_blank", rel: "noopener" });
      make("span", " kept in " + now.page, place, { class: "small" });
    } else if (now.state === "failed") {
      place.textContent = "The report failed: " + now.problem;
    } else if (now.state === "called off") {
      place.textContent = "The report was called off; finished worlds are kept.";
    }
    window.clearTimeout(watching);
    watching = window.setTimeout(standing, busy ? 700 : BEAT);
  };

  const begin = async () => {
    catalogue = await (await fetch("catalogue")).json();
    read();
    document.title = "Explore: " + catalogue.title;
    byId("title").textContent = catalogue.title + (catalogue.base_sets.length ? ", base changed: " + catalogue.base_sets.join(", ") : "");
    byId("base-yaml").hidden = !catalogue.own_base;
    byId("report").textContent = "Full report of " + catalogue.report_worlds.toLocaleString("en") + " worlds";
    if (window.innerWidth <= NARROW) { document.querySelectorAll(".group:not(#h-laws)").forEach((group) => { group.open = false; }); }
    catalogue.dials.forEach((lever) => control(lever.path, lever.label, byId("dials"), Object.assign({ dial: true }, lever)));
    catalogue.levers.forEach((lever) => control(lever.path, lever.label, byId("levers"), lever));
    catalogue.firms.forEach((firm) => {
      make("option", firm.name, byId("focus"), { value: firm.id });
      if (firm.startup) { make("option", firm.name, byId("decider"), { value: firm.id }); }
    });
    if (state.firm) { byId("decider").value = state.firm; }
    decisions();
    refresh();
    byId("focus").addEventListener("change", () => { state.firm = byId("focus").value; if (state.firm) { byId("decider").value = state.firm; decisions(); } changed(true); });
    byId("decider").addEventListener("change", decisions);
    byId("search").addEventListener("input", search);
    byId("reset").addEventListener("click", () => { state.sets = []; changed(true); byId("headline").focus(); });
    byId("large").addEventListener("click", () => { state.large = !state.large; refresh(); keepAddress(true); redrawAll(); });
    byId("pinning").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = (byId("pin-name").value.replace(/[:=]/g, " ").trim() || "variant " + (state.pinned.length + 1)).slice(0, 60);
      state.pinned = state.pinned.concat([name + ": " + state.sets.map(written).join(", ")]);
      state.sets = [];
      byId("pin-name").value = "";
      changed(true);
    });
    byId("copy").addEventListener("click", () => copied(byId("copy"), byId("command").value));
    byId("copy-link").addEventListener("click", () => copied(byId("copy-link"), window.location.href));
    byId("report").addEventListener("click", async () => { await fetch("full-report?" + query(state), { method: "POST" }); standing(); });
    byId("stop-report").addEventListener("click", async () => { await fetch("full-report/stop", { method: "POST" }); standing(); });
    window.addEventListener("popstate", () => { const before = state.large; read(); refresh(); if (state.large !== before) { redrawAll(); } ask(); });
    send();
    standing();
  };
  begin().catch((error) => { lost(); throw error; });
}());
