
// draws the curves; all else on the page is plain HTML
(() => {
  const source = document.getElementById("curve-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const places = [...document.querySelectorAll(".chart")];
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const HEIGHT = 240;
  let plots = [];

  // four significant digits at most, no trailing zeros
  const short = value => value == null ? "–" : value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1).replace("e-", "e−") : String(+value.toPrecision(4));

  // a schedule may fall to almost nothing at its end: the axis shows what lies within two decades of the peaks
  const logRange = series => {
    const peaks = series.map(s => Math.max(...s.values.filter(v => v != null)));
    const least = Math.min(...series.flatMap(s => s.values.filter(v => v != null)));
    const bottom = Math.max(least, Math.min(...peaks) / 100);
    return [bottom / 1.5, Math.max(...peaks) * 1.5];
  };

  const markChosen = plot => {
    if (!data.chosen) return;
    const x = Math.round(plot.valToPos(data.chosen, "x", true));
    const ctx = plot.ctx;
    ctx.save();
    ctx.strokeStyle = colour("quiet");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, plot.bbox.top);
    ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
    ctx.stroke();
    ctx.restore();
  };

  const newest = plot => {
    if (plot.legend.idx == null) plot.setLegend({ idx: data.epochs.length - 1 });
  };

  const draw = (chart, place) => {
    const axis = { stroke: colour("quiet"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const one = data.epochs.length === 1;
    const options = {
      width: place.clientWidth, height: HEIGHT,
      cursor: { sync: { key: "epochs" }, points: { size: 7 } },
      legend: { markers: { width: 0, fill: (u, i) => i ? colour(chart.series[i - 1].look) : null } },
      scales: {
        x: { time: false, range: (u, min, max) => one ? [0, 2] : [min, max] },
        y: chart.logarithmic ? { distr: 3, range: () => logRange(chart.series) } : {}
      },
      axes: [
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], size: 30 },
        { ...axis, size: 54, values: (u, ticks) => ticks.map(t => t == null ? "" : short(t)) }
      ],
      series: [
        { label: "epoch", value: (u, v) => v == null ? "–" : v },
        ...chart.series.map(s => ({
          label: s.name, stroke: colour(s.look), width: 2, value: (u, v) => short(v),
          dash: s.look === "train" ? [6, 4] : undefined,
          points: { show: data.epochs.length <= 30, size: 5, fill: colour(s.look) }
        }))
      ],
      // the newest figures are in the legend until the pointer asks for others
      hooks: { draw: [markChosen], ready: [newest], setLegend: [newest] }
    };
    return new uPlot(options, [data.epochs, ...chart.series.map(s => s.values)], place);
  };

  const drawAll = () => {
    plots.forEach(plot => plot.destroy());
    plots = data.charts.map((chart, i) => draw(chart, places[i]));
  };
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  new ResizeObserver(() => plots.forEach((plot, i) => {
    if (plot.width !== places[i].clientWidth) plot.setSize({ width: places[i].clientWidth, height: HEIGHT });
  })).observe(document.querySelector(".charts"));
})();
