/** What charts of all pages share: colors, axes, figures in words, and drawing again when the page changes. */
var charts = (function () {
  "use strict";
  var kinds = {};
  var LIGHT = { ink: "#1b1d21", soft: "#5d636e", line: "#e2e4e8", paper: "#ffffff", accent: "#0f6a73", known: "#b4552d", other: "#9aa1ab" };
  var DARK = { ink: "#e7e8ea", soft: "#a0a6b0", line: "#31353b", paper: "#15171a", accent: "#5cc0c8", known: "#e69a73", other: "#767d88" };
  var LINES = ["#0f6a73", "#b4552d", "#6a5aa8", "#8a7a1f", "#3d6fb0", "#9a4a7a"];
  var FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  var scheme = window.matchMedia("(prefers-color-scheme: dark)");
  var printing = false;
  var live = [];

  function theme() { return scheme.matches && !printing ? DARK : LIGHT; }
  function has(x) { return typeof x === "number" && isFinite(x); }
  function short(text, most) { return text.length > most ? text.slice(0, most - 1) + "\u2026" : text; }
  function figure(x) {
    if (!has(x)) { return "\u2013"; }
    if (x === 0) { return "0"; }
    var size = Math.abs(x);
    var text = size >= 10000 || size < 0.0001 ? x.toExponential(2) : String(Number(x.toPrecision(4)));
    return text.replace("-", "\u2212");
  }
  function whole(x) { return Math.round(x).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ","); }
  function base(t) {
    return {
      animation: false,
      textStyle: { fontFamily: FONT, color: t.ink },
      tooltip: { renderMode: "richText", backgroundColor: t.paper, borderColor: t.line, textStyle: { color: t.ink, fontSize: 13 }, confine: true }
    };
  }
  function axis(t, extra) {
    var a = {
      axisLine: { show: false }, axisTick: { show: false },
      axisLabel: { color: t.soft, fontSize: 12, hideOverlap: true, formatter: figure },
      splitLine: { lineStyle: { color: t.line } },
      nameTextStyle: { color: t.soft, fontSize: 12 }, nameLocation: "middle"
    };
    Object.keys(extra || {}).forEach(function (k) { a[k] = extra[k]; });
    return a;
  }

  function arrow(x, y, side, color) {
    return { type: "polygon", shape: { points: [[x + 7 * side, y], [x, y - 4], [x, y + 4]] }, style: { fill: color } };
  }

  function start(node) {
    var chart = echarts.init(node, null, { renderer: "svg" });
    live.push(chart);
    return chart;
  }
  function draw() {
    live.forEach(function (c) { c.dispose(); });
    live = [];
    document.querySelectorAll("[data-chart]").forEach(function (node) { kinds[node.dataset.chart](node); });
  }

  var width = window.innerWidth, waiting = 0;
  window.addEventListener("resize", function () {
    if (printing || window.innerWidth === width) { return; }
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(draw, 120);
  });
  scheme.addEventListener("change", draw);
  function paper(on) {
    if (printing === on) { return; }
    printing = on;
    document.querySelectorAll("details[data-print]").forEach(function (d) { d.open = on; });
    document.querySelector("main").style.width = on ? "178mm" : "";
    draw();
  }
  window.addEventListener("beforeprint", function () { paper(true); });
  window.addEventListener("afterprint", function () { paper(false); });
  window.matchMedia("print").addEventListener("change", function (m) { paper(m.matches); });

  /** Draws every element with data-chart by the function of that name. */
  function run(functions) {
    kinds = functions;
    draw();
  }
  return { theme: theme, has: has, short: short, figure: figure, whole: whole, base: base, axis: axis, arrow: arrow, start: start, run: run, LINES: LINES };
})();
