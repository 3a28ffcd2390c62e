(function () {
  "use strict";
  var report = JSON.parse(document.getElementById("report-data").textContent);
  var theme = charts.theme, has = charts.has, short = charts.short, figure = charts.figure, whole = charts.whole;
  var base = charts.base, axis = charts.axis, arrow = charts.arrow, start = charts.start, LINES = charts.LINES;

  /** Rows of the forest plot: a heading for each policy, then its estimates. */
  function forestRows() {
    var rows = [];
    report.policies.forEach(function (p) {
      var shown = p.estimates.filter(function (e) { return has(e.value); });
      rows.push({ policy: p, heading: true, count: shown.length });
      shown.forEach(function (e) { rows.push({ policy: p, estimate: e }); });
    });
    return rows;
  }
  /** What the axis must show; wild intervals are cut off at its ends rather than shrinking the rest. */
  function forestRange() {
    var inner = [], outer = [];
    var trusted = report.policies.filter(function (p) { return p.verdict.decision !== "not-evaluable"; });
    (trusted.length ? trusted : report.policies).forEach(function (p) {
      p.estimates.forEach(function (e) {
        var ends = [e.value, e.lower, e.upper].filter(has);
        outer = outer.concat(ends);
        if (e.primary) { inner = inner.concat(ends); }
      });
    });
    report.policies.forEach(function (p) { if (has(p.known_value)) { inner.push(p.known_value); } });
    var all = inner.length ? inner : outer.length ? outer : [0, 1];
    var low = Math.min.apply(null, all), high = Math.max.apply(null, all);
    var width = Math.max(high - low, 1e-9 + Math.abs(high) * 1e-3);
    outer.forEach(function (x) {
      if (x > low - 0.75 * width && x < low) { low = x; }
      if (x < high + 0.75 * width && x > high) { high = x; }
    });
    var pad = 0.04 * (high - low || width);
    return [low - pad, high + pad];
  }
  function forest(node) {
    var t = theme(), rows = forestRows(), range = forestRange();
    var narrow = node.clientWidth < 560;
    var longest = Math.max.apply(null, report.policies.map(function (p) { return p.name.length; }));
    var left = narrow ? 116 : Math.min(Math.max(90, longest * 8 + 28), 240);
    node.style.height = rows.length * 24 + 90 + "px";
    var chart = start(node);
    var incumbent = report.policies.filter(function (p) { return p.name === report.incumbent; })[0];
    var primary = incumbent && incumbent.estimates.filter(function (e) { return e.primary; })[0];
    var option = base(t);
    option.grid = { left: left, right: 16, top: 34, bottom: 46 };
    option.xAxis = axis(t, { type: "value", min: range[0], max: range[1], name: "Expected discounted return per episode", nameGap: 30, splitNumber: narrow ? 3 : 6 });
    option.xAxis.axisLabel.showMinLabel = false;
    option.xAxis.axisLabel.showMaxLabel = false;
    option.yAxis = {
      type: "category", inverse: true, data: rows.map(function (r, i) { return String(i); }),
      axisLine: { show: false }, axisTick: { show: false },
      axisLabel: {
        interval: 0, margin: 14,
        formatter: function (i) {
          var r = rows[Number(i)];
          return r.heading ? "{policy|" + short(r.policy.name, narrow ? 13 : 26).replace(/[{}|]/g, " ") + "}" : "{estimator|" + r.estimate.label + "}";
        },
        rich: {
          policy: { color: t.ink, fontWeight: 600, fontSize: narrow ? 11 : 13, padding: [8, 0, 0, 0] },
          estimator: { color: t.soft, fontSize: narrow ? 11 : 12 }
        }
      }
    };
    option.tooltip.formatter = function (p) {
      var r = rows[p.value[1]];
      if (!r) { return ""; }
      if (r.heading) { return r.policy.name + "\nknown value  " + figure(r.policy.known_value); }
      var e = r.estimate;
      return r.policy.name + " by " + e.label + (e.primary ? " (primary)" : "") + "\n" + figure(e.value) +
        (has(e.lower) ? "   [" + figure(e.lower) + ", " + figure(e.upper) + "]" : "   no interval") +
        "\neffective sample size  " + (has(e.effective_sample_size) ? figure(e.effective_sample_size) : "\u2013");
    };
    option.series = [{
      type: "custom", z: 3, clip: false,
      data: rows.map(function (r, i) { return r.heading ? null : [r.estimate.value, i]; }).filter(Boolean),
      renderItem: function (params, api) {
        var r = rows[api.value(1)], e = r.estimate, y = api.coord([0, api.value(1)])[1];
        var color = e.primary ? t.accent : t.other;
        var faint = r.policy.verdict.decision === "not-evaluable" ? 0.55 : 1;
        function x(v) { return api.coord([Math.min(Math.max(v, range[0]), range[1]), 0])[0]; }
        var shapes = [];
        if (has(e.lower)) {
          shapes.push({ type: "line", shape: { x1: x(e.lower), x2: x(e.upper), y1: y, y2: y }, style: { stroke: color, lineWidth: e.primary ? 3 : 1.5, opacity: faint } });
          if (e.lower < range[0]) { shapes.push(arrow(x(e.lower), y, -1, color)); }
          if (e.upper > range[1]) { shapes.push(arrow(x(e.upper), y, 1, color)); }
        }
        if (e.value >= range[0] && e.value <= range[1]) {
          shapes.push({ type: "circle", shape: { cx: x(e.value), cy: y, r: e.primary ? 5 : 3.5 }, style: { fill: faint < 1 ? t.paper : color, stroke: color, lineWidth: 1.5 } });
        } else {
          shapes.push(arrow(x(e.value), y, e.value < range[0] ? -1 : 1, color));
        }
        return { type: "group", children: shapes };
      }
    }, {
      type: "custom", z: 4,
      data: rows.map(function (r, i) { return r.heading && has(r.policy.known_value) ? [r.policy.known_value, i] : null; }).filter(Boolean),
      renderItem: function (params, api) {
        var r = rows[api.value(1)], c = api.coord([api.value(0), api.value(1)]), y = c[1] + 3;
        var bottom = api.coord([0, api.value(1) + r.count])[1] + 8;
        return { type: "group", children: [
          { type: "line", shape: { x1: c[0], x2: c[0], y1: y, y2: bottom }, style: { stroke: t.known, lineWidth: 1, lineDash: [2, 3] } },
          { type: "polygon", shape: { points: [[c[0], y - 6], [c[0] + 6, y], [c[0], y + 6], [c[0] - 6, y]] }, style: { fill: t.known, stroke: t.paper, lineWidth: 1 } }
        ] };
      }
    }];
    if (primary && has(primary.value)) {
      option.series[0].markLine = {
        silent: true, symbol: "none", animation: false, z: 1, precision: 12,
        lineStyle: { color: t.soft, type: "dashed", width: 1 },
        label: { formatter: short(report.incumbent, 24), color: t.soft, fontSize: 12, position: "start", distance: 6 },
        data: [{ xAxis: primary.value }]
      };
    }
    chart.setOption(option);
  }
  function weights(node) {
    var p = report.policies[Number(node.dataset.policy)], h = p.diagnostics.weight_histogram, t = theme();
    var bars = [{ label: "0", count: h.zero }];
    if (h.below) { bars.push({ label: "<10^" + h.lowest, count: h.below }); }
    var first = h.counts.findIndex(function (c) { return c > 0; });
    var last = h.counts.length - 1;
    while (last >= 0 && !h.counts[last]) { last--; }
    for (var i = Math.max(first, 0); i <= last; i++) {
      bars.push({ label: String(Number(Math.pow(10, h.lowest + i * h.width).toPrecision(1))).replace("-", "\u2212"), count: h.counts[i] });
    }
    if (h.above) { bars.push({ label: ">10^" + (h.lowest + h.width * h.counts.length), count: h.above }); }
    var option = base(t);
    option.grid = { left: 56, right: 8, top: 12, bottom: 48 };
    option.tooltip.formatter = function (b) { return "weight " + (b.dataIndex ? "from " : "") + bars[b.dataIndex].label + "\n" + whole(b.value) + " episodes"; };
    option.xAxis = axis(t, { type: "category", data: bars.map(function (b) { return b.label; }), name: "Weight of an episode", nameGap: 30, splitLine: { show: false } });
    option.xAxis.axisLabel = { color: t.soft, fontSize: 11, hideOverlap: true };
    option.yAxis = axis(t, { type: "value", splitNumber: 3, minInterval: 1 });
    option.yAxis.axisLabel.formatter = whole;
    option.series = [{ type: "bar", barCategoryGap: "12%", itemStyle: { color: t.accent }, data: bars.map(function (b) { return b.count; }) }];
    start(node).setOption(option);
  }

  /** How often actions were taken by how probable they were; both axes by powers of ten. */
  function calibration(node) {
    var t = theme(), bins = report.audit.calibration.bins.filter(function (b) { return b.probability > 0 && b.frequency > 0; });
    var all = bins.map(function (b) { return Math.min(b.probability, b.frequency); });
    var least = Math.pow(10, Math.floor(Math.log10(Math.min.apply(null, all.concat([0.1])))));
    var option = base(t);
    option.grid = { left: 56, right: 16, top: 12, bottom: 48 };
    option.tooltip.formatter = function (p) {
      var b = bins[p.dataIndex];
      return "probability " + figure(b.probability) + "\ntaken in " + figure(b.frequency) + " of " + whole(b.pairs);
    };
    option.xAxis = axis(t, { type: "log", min: least, max: 1, name: "Probability", nameGap: 30 });
    option.yAxis = axis(t, { type: "log", min: least, max: 1, name: "Share taken", nameGap: 42 });
    option.series = [
      { type: "line", silent: true, symbol: "none", data: [[least, least], [1, 1]], lineStyle: { color: t.soft, type: "dashed", width: 1 } },
      { type: "scatter", symbolSize: 9, itemStyle: { color: t.accent }, data: bins.map(function (b) { return [b.probability, b.frequency]; }) }
    ];
    start(node).setOption(option);
  }
  function horizon(node) {
    var p = report.policies[Number(node.dataset.policy)], t = theme();
    var sizes = p.diagnostics.effective_sample_size_by_step;
    var option = base(t);
    option.grid = { left: 56, right: 12, top: 12, bottom: 48 };
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) { return "after step " + list[0].value[0] + "\n" + figure(list[0].value[1]) + " effective episodes"; };
    option.xAxis = axis(t, { type: "value", min: 1, max: sizes.length, minInterval: 1, name: "Step", nameGap: 30, splitLine: { show: false } });
    option.yAxis = axis(t, { type: "value", min: 0, max: report.dataset.episodes, splitNumber: 3 });
    option.yAxis.axisLabel.formatter = whole;
    option.yAxis.axisLabel.showMaxLabel = report.dataset.episodes < 10;
    option.series = [{ type: "line", showSymbol: sizes.length < 3, symbolSize: 6, step: "end", lineStyle: { color: t.accent, width: 2 }, itemStyle: { color: t.accent }, areaStyle: { color: t.accent, opacity: 0.12 },
      data: sizes.map(function (s, i) { return [i + 1, s]; }) }];
    start(node).setOption(option);
  }

  /** Distribution functions: steps where every return has its point, lines where points stand for many. */
  function returns(node) {
    var t = theme(), most = 6;
    var there = report.policies.filter(function (p) { return p.returns && p.returns.points.length; });
    var drawn = there.filter(function (p) { return p.name === report.incumbent; })
      .concat(there.filter(function (p) { return p.name !== report.incumbent; })).slice(0, most);
    node.style.height = "24rem";
    var option = base(t), points = drawn[0].returns.points, step = drawn[0].returns.exact ? "end" : false;
    function label(name) { return short(name, 26).replace(/[{}|]/g, " "); }
    option.grid = { left: 56, right: 16, top: 44, bottom: 46 };
    option.legend = { top: 0, left: 0, itemWidth: 18, itemHeight: 3, icon: "rect", textStyle: { color: t.ink, fontSize: 12 },
      data: drawn.map(function (p) { return p.name; }), formatter: label };
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) {
      var at = list.filter(function (s) { return s.seriesType === "line" && s.dataIndex > 0; })[0];
      if (!at) { return ""; }
      var k = at.dataIndex - 1;
      return "return at most " + figure(points[k].at) + drawn.map(function (p) {
        var f = p.returns.points[k];
        return "\n" + short(p.name, 40) + "  " + figure(f.share) + "   [" + figure(f.lower) + ", " + figure(f.upper) + "]";
      }).join("");
    };
    option.xAxis = axis(t, { type: "value", scale: true, name: "Discounted return of an episode", nameGap: 30, splitLine: { show: false } });
    option.yAxis = axis(t, { type: "value", min: 0, max: 1, interval: 0.25, name: "Share of episodes", nameGap: 40 });
    option.series = [];
    /** A line with a corner at every step, where there are steps. */
    function corners(of, p) {
      var line = [[points[0].at, 0]];
      p.returns.points.forEach(function (f) {
        if (step) { line.push([f.at, line[line.length - 1][1]]); }
        line.push([f.at, of(f)]);
      });
      return line;
    }
    drawn.forEach(function (p, i) {
      var color = p.name === report.incumbent ? t.soft : LINES[i % LINES.length];
      var around = corners(function (f) { return f.upper; }, p).concat(corners(function (f) { return f.lower; }, p).reverse());
      option.series.push({
        type: "custom", name: p.name, silent: true, z: 1, itemStyle: { color: color }, tooltip: { show: false }, data: [[points[0].at, 0]],
        renderItem: function (params, api) {
          return { type: "polygon", shape: { points: around.map(function (c) { return api.coord(c); }) }, style: { fill: color, opacity: 0.13 } };
        }
      });
      option.series.push({
        type: "line", name: p.name, step: step, showSymbol: false, symbolSize: 5, z: 3, itemStyle: { color: color },
        lineStyle: { color: color, width: 2, type: p.name === report.incumbent ? "dashed" : "solid" },
        data: [[points[0].at, 0]].concat(p.returns.points.map(function (f) { return [f.at, f.share]; }))
      });
    });
    start(node).setOption(option);
  }

  /** Differences to the incumbent by segment: by themselves, and drawn towards one another. */
  function segments(node) {
    var t = theme(), name = report.policies[Number(node.dataset.policy)].name, rows = [], narrow = node.clientWidth < 560;
    report.segments.forEach(function (s) {
      var d = s.policies.filter(function (p) { return p.policy === name; })[0] || {};
      if (!rows.length || rows[rows.length - 1].segment.column !== s.column) { rows.push({ segment: s, heading: true }); }
      rows.push({ segment: s, value: d, difference: d.difference });
    });
    var ends = [0];
    rows.forEach(function (r) { if (r.difference) { ends.push(r.difference.shrunk.lower, r.difference.shrunk.upper, r.difference.value); } });
    var low = Math.min.apply(null, ends), high = Math.max.apply(null, ends), pad = 0.06 * (high - low || 1);
    var range = [low - pad, high + pad];
    node.style.height = rows.length * 24 + 70 + "px";
    var option = base(t);
    option.grid = { left: narrow ? 116 : 220, right: 16, top: 10, bottom: 46 };
    option.xAxis = axis(t, { type: "value", min: range[0], max: range[1], name: "Difference to " + short(report.incumbent, 30), nameGap: 30, splitNumber: narrow ? 3 : 6 });
    option.xAxis.axisLabel.showMinLabel = false;
    option.xAxis.axisLabel.showMaxLabel = false;
    option.yAxis = {
      type: "category", inverse: true, data: rows.map(function (r, i) { return String(i); }),
      axisLine: { show: false }, axisTick: { show: false },
      axisLabel: {
        interval: 0, margin: 14,
        formatter: function (i) {
          var r = rows[Number(i)], words = short(r.heading ? r.segment.column : r.segment.name, narrow ? 14 : 28).replace(/[{}|]/g, " ");
          return r.heading ? "{column|" + words + "}" : "{segment|" + words + "}";
        },
        rich: { column: { color: t.ink, fontWeight: 600, fontSize: 13 }, segment: { color: t.soft, fontSize: 12 } }
      }
    };
    option.tooltip.formatter = function (p) {
      var r = rows[p.value[1]], d = r.difference;
      return r.segment.column + "  " + short(r.segment.name, 60) + "\n" + whole(r.segment.episodes) + " episodes, " + figure(r.value.effective_sample_size) + " effective\n" +
        (d ? "by itself  " + figure(d.value) + "   [" + figure(d.lower) + ", " + figure(d.upper) + "]\ndrawn to the others  " + figure(d.shrunk.value) + "   [" + figure(d.shrunk.lower) + ", " + figure(d.shrunk.upper) + "]\nadjusted probability  " + figure(d.adjusted_p)
          : r.value.absent_because || "no difference");
    };
    option.series = [{
      type: "custom", z: 3, clip: false,
      data: rows.map(function (r, i) { return r.heading ? null : [r.difference ? r.difference.shrunk.value : 0, i]; }).filter(Boolean),
      renderItem: function (params, api) {
        var d = rows[api.value(1)].difference, y = api.coord([0, api.value(1)])[1];
        function x(v) { return api.coord([Math.min(Math.max(v, range[0]), range[1]), 0])[0]; }
        if (!d) { return { type: "text", x: x(0) + 8, y: y - 6, style: { text: "too few", fill: t.soft, fontSize: 11 } }; }
        var color = d.stands_out === "worse" ? t.known : t.accent;
        return { type: "group", children: [
          { type: "line", shape: { x1: x(d.lower), x2: x(d.upper), y1: y, y2: y }, style: { stroke: t.other, lineWidth: 1 } },
          { type: "line", shape: { x1: x(d.shrunk.lower), x2: x(d.shrunk.upper), y1: y, y2: y }, style: { stroke: color, lineWidth: 3 } },
          { type: "circle", shape: { cx: x(d.shrunk.value), cy: y, r: 4.5 }, style: { fill: d.stands_out ? color : t.paper, stroke: color, lineWidth: 1.5 } }
        ] };
      },
      markLine: { silent: true, symbol: "none", animation: false, z: 1, lineStyle: { color: t.soft, type: "dashed", width: 1 }, label: { show: false }, data: [{ xAxis: 0 }] }
    }];
    start(node).setOption(option);
  }

  function curves(node) {
    var t = theme(), series = node.dataset.series;
    var chosen = report.learning_curves.filter(function (c) { return c.algorithm === node.dataset.algorithm && c.series[series]; });
    var option = base(t);
    option.grid = { left: 60, right: 12, top: 12, bottom: 44 };
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (list) {
      return "update " + whole(list[0].value[0]) + list.slice(0, 12).map(function (s) { return "\n" + short(s.seriesName, 40) + "  " + figure(s.value[1]); }).join("");
    };
    option.xAxis = axis(t, { type: "value", name: "Updates", nameGap: 28, splitLine: { show: false }, splitNumber: 4 });
    option.xAxis.axisLabel.formatter = whole;
    option.yAxis = axis(t, { type: "value", scale: true, splitNumber: 3 });
    option.series = chosen.map(function (c, k) {
      return { type: "line", name: c.bundle, showSymbol: c.updates.length < 2, lineStyle: { width: 1.5, color: LINES[k % LINES.length], opacity: 0.85 }, itemStyle: { color: LINES[k % LINES.length] },
        data: c.updates.map(function (u, i) { return [u, c.series[series][i]]; }) };
    });
    start(node).setOption(option);
  }

  charts.run({ forest: forest, weights: weights, horizon: horizon, calibration: calibration, returns: returns, segments: segments, curves: curves });
})();
