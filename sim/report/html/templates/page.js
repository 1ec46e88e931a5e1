/* Figures: drawn when they are seen, switched, shown anew for print. */
(function () {
  "use strict";
  var shared = window.Shakeout;
  var all = shared.all;
  var root = document.documentElement;
  var trouble = function (what) {
    root.dataset.state = "trouble";
    root.dataset.trouble = String(what);
    document.getElementById("trouble").hidden = false;
  };
  shared.trouble = trouble;
  window.addEventListener("error", function (event) { trouble(event.message); });

  // The layout of a panel; where letters are asked for larger, with letters and room for them so many times as large.
  shared.letters = 1;
  var larger = function (part, times) {
    if (Array.isArray(part)) { return part.map(function (one) { return larger(one, times); }); }
    if (!part || typeof part !== "object") { return part; }
    var made = {};
    Object.keys(part).forEach(function (name) {
      var value = part[name];
      var font = /font$/i.test(name) && value && value.size;
      made[name] = font ? Object.assign({}, value, { size: value.size * times }) : larger(value, times);
    });
    return made;
  };
  var layoutOf = function (panel) {
    return shared.letters === 1 ? panel.layout : larger(panel.layout, shared.letters);
  };
  shared.layoutOf = layoutOf;

  var draw = function (plot) {
    if (plot.dataset.drawn) { return; }
    var panel = shared.panelOf(plot);
    plot.dataset.drawn = "yes";
    if (watcher) { watcher.observe(plot); }
    try {
      window.Plotly.newPlot(plot, panel.data, layoutOf(panel), { displayModeBar: false });
    } catch (error) { trouble(error); }
  };
  shared.draw = draw;
  var resize = function (plot) { if (plot.dataset.drawn && plot.offsetWidth > 0) { window.Plotly.Plots.resize(plot); } };
  var watcher = window.ResizeObserver ? new window.ResizeObserver(function (entries) {
    window.requestAnimationFrame(function () { entries.forEach(function (entry) { resize(entry.target); }); });
  }) : null;
  var visible = function (plot) { return plot.closest(".view[hidden]") === null && plot.offsetWidth > 0; };
  var drawn = function () { return all(".plot").filter(function (plot) { return plot.dataset.drawn; }); };
  var drawAll = function () { all(".plot").filter(visible).forEach(draw); };

  // Figures and switches of a part of the page begin to work; then its visible figures are drawn, one after the other.
  var begin = function (root) {
    shared.makeSortable(root);
    shared.makeTakes(root);
    all(".switch", root).forEach(makeSwitch);
    all("button.key", root).forEach(makeKey);
    all("details", root).forEach(function (box) { box.addEventListener("toggle", drawAll); });
    var waiting = all(".plot", root).filter(visible);
    return new Promise(function (done) {
      var next = function () {
        var plot = waiting.shift();
        if (plot) { draw(plot); window.setTimeout(next, 0); return; }
        done();
      };
      next();
    });
  };
  shared.begin = begin;

  var makeSwitch = function (box) {
    var choices = all(".choice", box);
    var views = all(".view", box);
    choices.forEach(function (choice) {
      choice.addEventListener("click", function () {
        choices.forEach(function (other) { other.setAttribute("aria-pressed", String(other === choice)); });
        views.forEach(function (view, index) { view.hidden = index !== Number(choice.dataset.view); });
        drawAll();
      });
    });
  };

  var makeKey = function (key) {
    key.addEventListener("click", function () {
      var shown = key.getAttribute("aria-pressed") !== "true";
      key.setAttribute("aria-pressed", String(shown));
      all(".plot", key.closest(".picture")).forEach(function (plot) {
        var indices = [];
        (plot.data || []).forEach(function (trace, index) { if (trace.legendgroup === key.dataset.group) { indices.push(index); } });
        if (indices.length) { window.Plotly.restyle(plot, { visible: shown }, indices); }
      });
    });
  };

  // A link to what is folded away opens it, before the browser goes there.
  var open = function (place) {
    for (var box = place && place.closest("details"); box; box = box.parentElement.closest("details")) { box.open = true; }
  };
  all("a[href^='#']").forEach(function (link) {
    link.addEventListener("click", function () { open(document.getElementById(link.getAttribute("href").slice(1))); });
  });
  open(document.getElementById(window.location.hash.slice(1)));

  window.addEventListener("beforeprint", function () {
    all(".view[hidden]").forEach(function (view) { view.hidden = false; view.dataset.printed = "yes"; });
    root.classList.add("printing");
    drawAll();
    drawn().forEach(function (plot) {
      window.Plotly.relayout(plot, { width: plot.offsetWidth, height: plot.offsetHeight });
    });
  });
  window.addEventListener("afterprint", function () {
    root.classList.remove("printing");
    drawn().forEach(function (plot) {
      delete plot.layout.width;
      delete plot.layout.height;
      resize(plot);
    });
    all(".view[data-printed]").forEach(function (view) { view.hidden = true; delete view.dataset.printed; });
  });

  // Without plotly.js beside it a figure says what is missing, and shows its numbers.
  var tell = function () {
    document.getElementById("missing").hidden = false;
    all(".picture").forEach(function (figure) {
      var place = figure.querySelector(".panels");
      if (!place) { return; }
      all(".keys, .axes, [data-form=png], [data-form=svg]", figure).forEach(function (part) { part.remove(); });
      place.className = "scroll numbers";
      place.removeAttribute("role");
      place.tabIndex = 0;
      place.replaceChildren(shared.tableOf(shared.numbersOf(figure)));
    });
    root.dataset.state = "missing";
  };

  if (document.body.dataset.live) { return; }  // the live page begins its parts itself
  if (window.Plotly || !all(".plot").length) {
    begin(document).then(function () { if (root.dataset.state !== "trouble") { root.dataset.state = "drawn"; } });
  } else { tell(); }
}());
