/* What can be taken away from under a figure: its numbers, its picture with title, legend and source, or all in a page. */
(function () {
  "use strict";
  var shared = window.Shakeout;
  var all = shared.all;
  var MARGIN = 20;
  var SCALE = 2;
  var SWATCH = 17;  // the colour before a panel's name, and a gap
  var SVG = "http://www.w3.org/2000/svg";
  var DASHES = { dash: "9 6", longdash: "12 6", dot: "2 4", dashdot: "9 4 2 4", longdashdot: "12 4 2 4" };

  var save = function (blob, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  };

  // Texts that a spreadsheet would take for a formula get an apostrophe.
  var field = function (value) {
    var text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };
  var csvOf = function (figure) {
    var numbers = shared.numbersOf(figure);
    return [numbers.head].concat(numbers.rows).map(function (row) { return row.map(field).join(",") + "\n"; }).join("");
  };

  var ink = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };
  var pen = document.createElement("canvas").getContext("2d");
  var fontOf = function (size, weight) { return weight + " " + size + "px " + ink("--font"); };
  var wrapped = function (text, width, font) {
    pen.font = font;
    var lines = [""];
    text.replace(/\s+/g, " ").trim().split(" ").forEach(function (word) {
      var longer = lines[lines.length - 1] + (lines[lines.length - 1] ? " " : "") + word;
      if (pen.measureText(longer).width <= width || lines[lines.length - 1] === "") { lines[lines.length - 1] = longer; }
      else { lines.push(word); }
    });
    return lines;
  };
  var node = function (tag, attributes, parent) {
    var made = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    if (parent) { parent.appendChild(made); }
    return made;
  };
  // Lines of text from (x, y) down; returns where they end.
  var write = function (parent, text, x, y, width, size, weight, colour) {
    wrapped(text, width, fontOf(size, weight)).forEach(function (line) {
      y += Math.round(size * 1.4);
      var attributes = { x: x, y: y - Math.round(size * 0.35), "font-size": size, "font-weight": weight, fill: colour };
      node("text", attributes, parent).textContent = line;
    });
    return y;
  };
  var mark = function (key, x, y, parent) {
    var symbol = key.querySelector(".symbol");
    if (symbol) {
      var copy = parent.appendChild(document.importNode(symbol, true));
      [["x", x], ["y", y - 8], ["width", 16], ["height", 16]].forEach(function (one) { copy.setAttribute(one[0], one[1]); });
      return 20;
    }
    var drawn = key.querySelector(".mark");
    var colour = drawn.style.color;
    if (!drawn.classList.contains("line")) {
      node("rect", { x: x, y: y - 6, width: 14, height: 12, rx: 2, fill: colour }, parent);
      return 20;
    }
    var dash = Object.keys(DASHES).filter(function (name) { return drawn.classList.contains(name); })[0];
    var line = { x1: x, x2: x + 26, y1: y, y2: y, stroke: colour, "stroke-width": 2.5 };
    if (dash) { line["stroke-dasharray"] = DASHES[dash]; }
    node("line", line, parent);
    return 32;
  };
  var legend = function (figure, parent, y, width) {
    var x = MARGIN;
    var keys = all(".key", figure).filter(function (key) { return key.getAttribute("aria-pressed") !== "false"; });
    pen.font = fontOf(13, 400);
    keys.forEach(function (key) {
      var label = key.textContent.trim();
      var needed = 32 + pen.measureText(label).width + 16;
      if (x > MARGIN && x + needed > MARGIN + width) { x = MARGIN; y += 20; }
      var start = x + mark(key, x, y + 12, parent);
      node("text", { x: start, y: y + 16, "font-size": 13, fill: ink("--ink") }, parent).textContent = label;
      x = start + pen.measureText(label).width + 16;
    });
    return keys.length ? y + 26 : y;
  };

  // The figure as one SVG: title, legend, every panel where the page has it, and the caption with the source.
  var svgOf = function (figure) {
    var room = figure.querySelector(".panels").getBoundingClientRect();
    var width = Math.max(Math.round(room.width), 300);
    var svg = node("svg", { xmlns: SVG, "font-family": ink("--font") });
    var paper = node("rect", { fill: "#ffffff", width: "100%", height: "100%" }, svg);
    var y = write(svg, figure.querySelector(".called").textContent, MARGIN, 14, width, 17, 600, ink("--ink")) + 6;
    y = legend(figure, svg, y, width);
    var axes = figure.querySelector(".axes");
    if (axes) { y = write(svg, axes.textContent, MARGIN, y, width, 13, 400, ink("--muted")) + 6; }
    all(".name", figure).forEach(function (head) {
      var place = head.getBoundingClientRect();
      var down = y + place.top - room.top;
      var left = MARGIN + place.left - room.left;
      var swatch = head.querySelector(".swatch");
      if (swatch) {
        node("rect", { x: left, y: down + 3, width: 11, height: 11, rx: 3, fill: swatch.style.backgroundColor }, svg);
        left += SWATCH;
      }
      var said = head.querySelector("span").textContent;
      write(svg, said, left, down, MARGIN + place.right - room.left - left, 13, 620, ink("--ink"));
      var note = head.querySelector("small");
      if (!note) { return; }
      var at = note.getBoundingClientRect();
      write(svg, note.textContent, MARGIN + at.left - room.left, y + at.top - room.top - 2, room.right - at.left, 12, 400,
        ink("--muted"));
    });
    var pictures = all(".plot", figure).map(function (plot) {
      shared.draw(plot);
      var place = plot.getBoundingClientRect();
      var size = { format: "svg", width: Math.round(place.width), height: Math.round(place.height), imageDataOnly: true };
      return window.Plotly.toImage(plot, size).then(function (text) {
        var inner = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
        inner.setAttribute("x", MARGIN + place.left - room.left);
        inner.setAttribute("y", y + place.top - room.top);
        return inner;
      });
    });
    return Promise.all(pictures).then(function (inner) {
      inner.forEach(function (one) { svg.appendChild(document.importNode(one, true)); });
      var caption = figure.querySelector("figcaption .said").textContent;
      var bottom = write(svg, caption, MARGIN, y + room.height + 8, width, 12, 400, ink("--muted")) + 14;
      svg.setAttribute("width", width + 2 * MARGIN);
      svg.setAttribute("height", Math.ceil(bottom));
      svg.setAttribute("viewBox", "0 0 " + (width + 2 * MARGIN) + " " + Math.ceil(bottom));
      svg.insertBefore(paper, svg.firstChild);
      return { text: new XMLSerializer().serializeToString(svg), width: width + 2 * MARGIN, height: Math.ceil(bottom) };
    });
  };
  var pngOf = function (svg) {
    return new Promise(function (done, failed) {
      var image = new Image();
      image.onerror = function () { failed(new Error("the picture could not be drawn")); };
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = SCALE * svg.width;
        canvas.height = SCALE * svg.height;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(done, "image/png");
      };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg.text);
    });
  };

  // A page with this figure and everything it needs, to be mailed.
  var pageOf = function (figure) {
    var page = document.implementation.createHTMLDocument(figure.querySelector(".called").textContent);
    all("meta, style, link", document.head).forEach(function (part) { page.head.appendChild(page.importNode(part, true)); });
    page.documentElement.lang = document.documentElement.lang;
    page.body.className = "plain";
    var frame = page.body.appendChild(page.createElement("div"));
    frame.className = "frame";
    all("#main > p.trouble, #main > noscript").forEach(function (part) { frame.appendChild(page.importNode(part, true)); });
    var copy = frame.appendChild(page.importNode(figure, true));
    all(".plot", copy).forEach(function (plot) {
      plot.textContent = "";
      plot.className = "plot";
      delete plot.dataset.drawn;
    });
    all("a[href^='#']", copy).forEach(function (link) { link.replaceWith(link.textContent); });  // its place is not there
    var name = copy.querySelector(".called");
    var first = page.createElement("h1");
    first.className = name.className;
    first.id = name.id;
    first.textContent = name.textContent;
    name.replaceWith(first);
    all(".key", copy).forEach(function (key) { if (key.hasAttribute("aria-pressed")) { key.setAttribute("aria-pressed", "true"); } });
    all("script:not([type])").forEach(function (script) { page.body.appendChild(page.importNode(script, true)); });
    return "<!doctype html>\n" + page.documentElement.outerHTML;
  };

  var MAKERS = {
    csv: function (figure) { return Promise.resolve(new Blob([csvOf(figure)], { type: "text/csv;charset=utf-8" })); },
    svg: function (figure) { return svgOf(figure).then(function (svg) { return new Blob([svg.text], { type: "image/svg+xml" }); }); },
    png: function (figure) { return svgOf(figure).then(pngOf); },
    html: function (figure) { return Promise.resolve(new Blob([pageOf(figure)], { type: "text/html;charset=utf-8" })); }
  };
  var download = function (figure, form) {
    return MAKERS[form](figure).then(function (blob) { save(blob, shared.nameOf(figure) + "." + form); return blob; });
  };
  shared.makeTakes = function (root) {
    all("button.take", root).forEach(function (button) {
      button.addEventListener("click", function () {
        download(button.closest(".picture"), button.dataset.form).catch(function (error) { shared.trouble(error); });
      });
    });
  };
  shared.make = function (figure, form) { return MAKERS[form](figure); };
  shared.download = download;
}());
