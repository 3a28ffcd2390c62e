(function () {
  "use strict";
  var lines = JSON.parse(document.getElementById("running-data").textContent);
  var theme = charts.theme, has = charts.has, short = charts.short, figure = charts.figure;
  var base = charts.base, axis = charts.axis, start = charts.start;
  var names = [];
  lines.forEach(function (l) { if (names.indexOf(l.policy) < 0) { names.push(l.policy); } });

  function of(name) { return lines.filter(function (l) { return l.policy === name; }); }
  function middle(l) { return (Date.parse(l.from) + Date.parse(l.to)) / 2; }
  function color(t, k) { return k === 0 ? t.accent : charts.LINES[1 + (k - 1) % (charts.LINES.length - 1)]; }
  function when(x) { return new Date(x).toISOString().slice(0, 16).replace("T", " "); }

  /** What the axis must show: lines whole, bounds as far as they are near. */
  function range(inner, outer) {
    var all = inner.filter(has);
    if (!all.length) { return [0, 1]; }
    var low = Math.min.apply(null, all), high = Math.max.apply(null, all);
    var width = Math.max(high - low, 1e-9 + Math.abs(high) * 1e-3);
    outer.filter(has).forEach(function (x) {
      if (x > low - width && x < low) { low = x; }
      if (x < high + width && x > high) { high = x; }
    });
    var pad = 0.05 * (high - low || width);
    return [low - pad, high + pad];
  }
  function frame(node, title) {
    var t = theme(), option = base(t), narrow = node.clientWidth < 560;
    node.style.height = node.classList.contains("small") ? "" : "22rem";
    option.grid = { left: 64, right: 16, top: 40, bottom: 44 };
    option.legend = { top: 0, left: 0, icon: "roundRect", itemWidth: 14, itemHeight: 4, textStyle: { color: t.ink, fontSize: 12 }, formatter: function (n) { return short(n, narrow ? 16 : 32); }, data: [] };
    option.xAxis = axis(t, { type: "time", splitLine: { show: false }, splitNumber: narrow ? 3 : 6 });
    option.xAxis.axisLabel = { color: t.soft, fontSize: 12, hideOverlap: true };
    option.yAxis = axis(t, { type: "value", name: title, nameGap: 48 });
    option.yAxis.axisLabel.showMinLabel = false;
    option.yAxis.axisLabel.showMaxLabel = false;
    option.series = [];
    option.useUTC = true;
    return option;
  }
  /** A line with its bounds as a band behind it. */
  function band(option, name, k, rows, get) {
    var t = theme(), c = color(t, k);
    option.legend.data.push(name);
    option.series.push({
      type: "custom", name: name, silent: true, z: 1, clip: true, itemStyle: { color: c },
      data: rows.slice(0, 1).map(function (l) { return [middle(l), option.yAxis.min]; }),
      renderItem: function (params, api) {
        var shown = rows.map(function (l) { return { x: middle(l), f: get(l) }; }).filter(function (p) { return p.f && has(p.f.lower) && has(p.f.upper); });
        if (shown.length < 2) { return; }
        var low = option.yAxis.min, high = option.yAxis.max;
        function at(x, y) { return api.coord([x, Math.min(Math.max(y, low), high)]); }
        var points = shown.map(function (p) { return at(p.x, p.f.upper); }).concat(shown.slice().reverse().map(function (p) { return at(p.x, p.f.lower); }));
        return { type: "polygon", shape: { points: points }, style: { fill: c, opacity: 0.13 } };
      }
    });
    option.series.push({
      type: "line", name: name, z: 3, showSymbol: rows.length < 2, symbolSize: 6, lineStyle: { color: c, width: 2 }, itemStyle: { color: c },
      data: rows.map(function (l) { var f = get(l); return [middle(l), f && has(f.estimate) ? f.estimate : null]; })
    });
  }
  function tip(list, get) {
    var seen = {};
    var at = list.length ? list[0].value[0] : 0;
    return when(at) + list.filter(function (s) { return s.seriesType === "line" && !seen[s.seriesName] && (seen[s.seriesName] = true); }).map(function (s) {
      var row = of(s.seriesName).filter(function (l) { return middle(l) === at; })[0];
      return row ? "\n" + short(s.seriesName, 40) + "  " + get(row) : "";
    }).join("");
  }

  function values(node) {
    var option = frame(node, "Return per episode"), t = theme();
    var inner = [], outer = [];
    lines.forEach(function (l) {
      inner.push(l.so_far.estimate);
      outer.push(l.window.estimate, l.so_far.lower, l.so_far.upper);
    });
    var ends = range(inner, outer);
    option.yAxis.min = ends[0];
    option.yAxis.max = ends[1];
    names.forEach(function (name, k) {
      var rows = of(name);
      band(option, name, k, rows, function (l) { return l.so_far; });
      option.series.push({
        type: "scatter", name: name, z: 2, symbolSize: 4, silent: true, itemStyle: { color: color(t, k), opacity: 0.45 },
        data: rows.filter(function (l) { return has(l.window.estimate) && l.window.estimate >= ends[0] && l.window.estimate <= ends[1]; }).map(function (l) { return [middle(l), l.window.estimate]; })
      });
    });
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) {
      return tip(list, function (l) { return figure(l.so_far.estimate) + (has(l.so_far.lower) ? "  [" + figure(l.so_far.lower) + ", " + figure(l.so_far.upper) + "]" : "") + ", window " + figure(l.window.estimate); });
    };
    start(node).setOption(option);
  }

  function differences(node) {
    var option = frame(node, "Difference"), t = theme();
    var inner = [0], outer = [];
    lines.forEach(function (l) {
      if (l.difference) { inner.push(l.difference.estimate); outer.push(l.difference.lower, l.difference.upper); }
    });
    var ends = range(inner, outer);
    option.yAxis.min = ends[0];
    option.yAxis.max = ends[1];
    names.forEach(function (name, k) {
      var rows = of(name).filter(function (l) { return l.difference; });
      if (rows.length) { band(option, name, k, rows, function (l) { return l.difference; }); }
    });
    var lined = option.series.filter(function (s) { return s.type === "line"; })[0];
    if (lined) {
      lined.markLine = { silent: true, symbol: "none", animation: false, label: { show: false }, lineStyle: { color: t.soft, type: "dashed", width: 1 }, data: [{ yAxis: 0 }] };
    }
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) {
      return tip(list, function (l) { return figure(l.difference.estimate) + (has(l.difference.lower) ? "  [" + figure(l.difference.lower) + ", " + figure(l.difference.upper) + "]" : ""); });
    };
    start(node).setOption(option);
  }

  function sizes(node) {
    var option = frame(node, "Share"), t = theme();
    option.yAxis.min = 0;
    option.yAxis.max = 1;
    option.yAxis.axisLabel.showMinLabel = true;
    names.forEach(function (name, k) {
      var rows = of(name);
      option.legend.data.push(name);
      option.series.push({
        type: "line", name: name, showSymbol: rows.length < 2, symbolSize: 6, lineStyle: { color: color(t, k), width: 1.5 }, itemStyle: { color: color(t, k) },
        data: rows.map(function (l) { return [middle(l), has(l.window.effective_sample_size) ? l.window.effective_sample_size / l.window.episodes : null]; })
      });
    });
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) {
      return tip(list, function (l) { return figure(l.window.effective_sample_size) + " of " + charts.whole(l.window.episodes); });
    };
    start(node).setOption(option);
  }

  charts.run({ values: values, differences: differences, sizes: sizes });
})();
