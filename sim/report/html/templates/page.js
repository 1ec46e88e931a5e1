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

  var draw = function (plot) {
    if (plot.dataset.drawn) { return; }
    var parts = /^plot-(.+)-(\d+)$/.exec(plot.id);
    var panel = shared.panelsOf(parts[1])[Number(parts[2]) - 1];
    var small = plot.closest(".grid") !== null;
    plot.dataset.drawn = "yes";
    if (watcher) { watcher.observe(plot); }
    try {
      window.Plotly.newPlot(plot, panel.data, panel.layout, {
        displaylogo: false,
        displayModeBar: small ? false : "hover",
        modeBarButtons: [[{
          name: "picture",
          title: "Picture with title, legend and source",
          icon: window.Plotly.Icons.camera,
          click: function () { shared.download(plot.closest(".picture"), "png").catch(trouble); }
        }]]
      });
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

  var waiting = all(".plot").filter(visible);
  var next = function () {
    var plot = waiting.shift();
    if (plot) { draw(plot); window.setTimeout(next, 0); return; }
    if (root.dataset.state !== "trouble") { root.dataset.state = "drawn"; }
  };

  all(".switch").forEach(function (box) {
    var choices = all(".choice", box);
    var views = all(".view", box);
    choices.forEach(function (choice) {
      choice.addEventListener("click", function () {
        choices.forEach(function (other) { other.setAttribute("aria-pressed", String(other === choice)); });
        views.forEach(function (view, index) { view.hidden = index !== Number(choice.dataset.view); });
        drawAll();
      });
    });
  });

  all("button.key").forEach(function (key) {
    key.addEventListener("click", function () {
      var shown = key.getAttribute("aria-pressed") !== "true";
      key.setAttribute("aria-pressed", String(shown));
      all(".plot", key.closest(".picture")).forEach(function (plot) {
        var indices = [];
        (plot.data || []).forEach(function (trace, index) { if (trace.legendgroup === key.dataset.group) { indices.push(index); } });
        if (indices.length) { window.Plotly.restyle(plot, { visible: shown }, indices); }
      });
    });
  });

  // A link to what is folded away opens it, before the browser goes there.
  var open = function (place) {
    for (var box = place && place.closest("details"); box; box = box.parentElement.closest("details")) { box.open = true; }
  };
  all("a[href^='#']").forEach(function (link) {
    link.addEventListener("click", function () { open(document.getElementById(link.getAttribute("href").slice(1))); });
  });
  open(document.getElementById(window.location.hash.slice(1)));

  all("details").forEach(function (box) { box.addEventListener("toggle", drawAll); });
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

  if (window.Plotly || !all(".plot").length) { next(); } else { tell(); }
}());
