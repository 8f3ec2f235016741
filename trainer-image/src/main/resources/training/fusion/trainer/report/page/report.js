
// a page that should have been written anew says so, instead of showing for ever that the run goes on
(() => {
  const state = document.getElementById("state");
  if (!state) return;
  const look = () => {
    if (Date.now() - Date.parse(state.dataset.written) < 1000 * state.dataset.seconds) return;
    state.textContent = "No news";
    state.className = "state stopped";
    document.getElementById("silent").hidden = false;
  };
  look();
  setInterval(look, 10000);
})();

// the curves of a run
(() => {
  const data = page.data("curve-data");
  if (!data) return;
  const { colour, short } = page;
  const places = [...document.querySelectorAll(".chart")];
  const HEIGHT = 240;

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
    const one = data.epochs.length === 1;
    const options = {
      width: place.clientWidth, height: HEIGHT,
      cursor: { sync: { key: "epochs" }, points: { size: 7 } },
      legend: { markers: { width: 0, fill: (u, i) => i ? colour(chart.series[i - 1].look) : null } },
      scales: {
        x: { time: false, range: (u, min, max) => one ? [0, 2] : [min, max] },
        y: chart.logarithmic ? { distr: 3, range: () => logRange(chart.series) } : {}
      },
      axes: [page.wholeNumbers(), page.figures()],
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

  page.plots(places, HEIGHT, (place, i) => draw(data.charts[i], place));
})();
