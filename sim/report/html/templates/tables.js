/* Tables: the numbers of a figure as rows, and rows of a table sorted by a click on its head. */
window.Shakeout = (function () {
  "use strict";
  var all = function (selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); };
  var parsed = new WeakMap();
  // What is drawn in the panels of a figure, read once.
  var panelsOf = function (figure) {
    var text = figure.querySelector("script[type='application/json']");
    if (!parsed.has(text)) { parsed.set(text, JSON.parse(text.textContent)); }
    return parsed.get(text);
  };
  var panelOf = function (plot) { return panelsOf(plot.closest(".picture"))[Number(/-(\d+)$/.exec(plot.id)[1]) - 1]; };
  var nameOf = function (figure) { return figure.id.replace(/^figure-/, ""); };

  // Labels of plotly hold a few tags and entities, and a square of colour before a name; a table holds plain text.
  var plain = function (text) {
    return String(text).replace(/<span[^>]*>■<\/span>/g, "").replace(/<[^>]*>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#123;/g, "{")
      .replace(/&amp;/g, "&").replace(/\s+/g, " ").trim();
  };
  // The values a column stands for: given whole, or found in the trace as "y" or "customdata.0".
  var valuesOf = function (trace, source) {
    if (Array.isArray(source)) { return source; }
    var parts = source.split(".");
    var found = trace[parts[0]] || [];
    return parts.length > 1 ? found.map(function (entry) { return entry[Number(parts[1])]; }) : found;
  };
  // On an axis of names a place is one of them.
  var named = function (axis, values) {
    if (!axis || !axis.ticktext || !axis.tickvals) { return null; }
    var places = values.map(function (value) { return axis.tickvals.indexOf(value); });
    return places.indexOf(-1) < 0 ? places.map(function (place) { return plain(axis.ticktext[place]); }) : null;
  };

  // The columns a trace gives, [[heading, values], ...]; none where it is no more than decoration.
  var columnsOf = function (trace, layout, titles) {
    var told = trace.meta || {};
    if (trace.hoverinfo === "skip" && !trace.meta) { return []; }
    if (trace.type === "heatmap") { return cellsOf(trace, layout, titles, told); }
    var names = {
      x: told.x ? null : named(layout.xaxis, valuesOf(trace, "x")),
      y: told.y ? null : named(layout.yaxis, valuesOf(trace, "y"))
    };
    var unit = names.y ? titles.x : titles.y;
    var entry = function (column) {
      var of = column.length > 2 ? column[2] : unit;
      return [column[0] + (of ? " (" + of + ")" : ""), valuesOf(trace, column[1])];
    };
    var axis = function (letter) {
      return told[letter] ? entry(told[letter]) : [titles[letter], names[letter] || valuesOf(trace, letter)];
    };
    var both = names.y ? [axis("y"), axis("x")] : [axis("x"), axis("y")];
    return both.concat((told.more || []).map(entry));
  };
  var cellsOf = function (trace, layout, titles, told) {
    var across = named(layout.xaxis, trace.x) || trace.x;
    var up = named(layout.yaxis, trace.y) || trace.y;
    var columns = [[titles.x, []], [titles.y, []], [told.value || "value", []]];
    trace.z.forEach(function (line, j) {
      line.forEach(function (value, i) {
        [(told.across || across)[i], (told.up || up)[j], value].forEach(function (cell, k) { columns[k][1].push(cell); });
      });
    });
    return columns;
  };

  // What a figure draws: {head: [...], rows: [[...], ...]}, one row a point, in the order drawn.
  var numbersOf = function (figure) {
    var titles = { x: figure.dataset.x, y: figure.dataset.y };
    var head = [];
    var rows = [];
    panelsOf(figure).forEach(function (panel) {
      panel.data.forEach(function (trace) {
        var columns = columnsOf(trace, panel.layout, titles);
        if (!columns.length) { return; }
        if (trace.name) { columns.unshift(["series", columns[0][1].map(function () { return plain(trace.name); })]); }
        if (panel.heading) { columns.unshift(["panel", columns[0][1].map(function () { return plain(panel.heading); })]); }
        columns.forEach(function (column) { if (head.indexOf(column[0]) < 0) { head.push(column[0]); } });
        columns[0][1].forEach(function (_, point) {
          var row = {};
          columns.forEach(function (column) { row[column[0]] = column[1][point]; });
          rows.push(row);
        });
      });
    });
    return {
      head: head,
      rows: rows.map(function (row) {
        return head.map(function (name) { return row[name] === undefined || row[name] === null ? "" : row[name]; });
      })
    };
  };

  var element = function (tag, text, parent) {
    var made = document.createElement(tag);
    if (text !== "") { made.textContent = text; }
    if (parent) { parent.appendChild(made); }
    return made;
  };
  // The same as a table, where a figure cannot be drawn.
  var tableOf = function (numbers) {
    var table = element("table", "");
    var head = element("tr", "", element("thead", "", table));
    numbers.head.forEach(function (text) { element("th", text, head).scope = "col"; });
    var body = element("tbody", "", table);
    numbers.rows.forEach(function (row) {
      var line = element("tr", "", body);
      row.forEach(function (value) { element("td", String(value), line).className = typeof value === "number" ? "right" : ""; });
    });
    return table;
  };

  // Sorting. A cell is worth its first number ("74% ±1.2", "RMB 2.4 billion", "<1%"), its month ("Jul 2023") or its text.
  var MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  var SCALES = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
  var FIRST = /^(?:[A-Z]{2,4} |[<>~×] ?)?([+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(?: (thousand|million|billion|trillion))?(?=$|[\s%;,()→/])/;
  var worth = function (text) {
    var said = text.replace(/\u2212/g, "-").replace(/\s+/g, " ").trim();
    if (said === "" || said === "–" || said === "-") { return null; }
    var month = /^(after )?([A-Z][a-z]{2}) (\d{4})$/.exec(said);
    if (month && MONTHS.indexOf(month[2]) >= 0) { return Number(month[3]) * 12 + MONTHS.indexOf(month[2]) + (month[1] ? 0.5 : 0); }
    if (/^\d{4}-\d\d/.test(said)) { return said; }
    var found = FIRST.exec(said);
    if (!found) { return said; }
    var value = Number(found[1].replace(/,/g, "")) * (SCALES[found[2]] || 1);
    return said.charAt(0) === "<" ? value - 1e-9 : said.charAt(0) === ">" ? value + 1e-9 : value;
  };
  var words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  var textOf = function (row, column) {
    var cell = row.cells[column];
    var text = cell && (cell.querySelector(".text, code") || cell);
    return text ? text.textContent : "";
  };
  var sorted = function (rows, column, sign) {
    var keys = rows.map(function (row) { return worth(textOf(row, column)); });
    var numeric = keys.every(function (key) { return key === null || typeof key === "number"; });
    if (!numeric) { keys = rows.map(function (row, at) { return keys[at] === null ? null : textOf(row, column).trim(); }); }
    var order = rows.map(function (_, at) { return at; });
    order.sort(function (a, b) {
      if (keys[a] === null || keys[b] === null) { return (keys[a] === null) - (keys[b] === null) || a - b; }
      return sign * (numeric ? keys[a] - keys[b] : words.compare(keys[a], keys[b])) || a - b;
    });
    return order.map(function (at) { return rows[at]; });
  };
  var NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  var makeSorted = function (table) {
    var body = table.tBodies[0];
    var written = body ? all("tr", body) : [];
    if (written.length < 2) { return; }
    var heads = all("thead th", table);
    heads.forEach(function (head, column) {
      var filled = written.some(function (row) { return textOf(row, column).trim() !== ""; });
      if (!filled) { return; }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        var way = NEXT[head.getAttribute("aria-sort")];
        heads.forEach(function (other) { if (other.hasAttribute("aria-sort")) { other.setAttribute("aria-sort", "none"); } });
        head.setAttribute("aria-sort", way);
        var rows = way === "none" ? written : sorted(written, column, way === "ascending" ? 1 : -1);
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  };
  var makeSortable = function (root) { all(".table table", root).forEach(makeSorted); };

  return {
    all: all, panelsOf: panelsOf, panelOf: panelOf, makeSortable: makeSortable, nameOf: nameOf, numbersOf: numbersOf, tableOf: tableOf, plain: plain
  };
}());
