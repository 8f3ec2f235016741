
// accuracy against the boundary: everything but axes and legend is drawn here, for bars and marks
(() => {
  const plots = page.data("boundary-data");
  if (!plots) return;
  const HEIGHT = 280;
  const looks = (plot, i) => page.colour("family-" + (i % 6 + 1));
  const present = values => values.filter(v => v != null);

  const range = plot => {
    const marks = [...plot.lines.flatMap(l => l.points), ...plot.levels.map(l => l.point)];
    const values = marks.flatMap(p => [p.paper, p.mean, p.mean == null ? null : p.mean - (p.std ?? 0), p.mean == null ? null : p.mean + (p.std ?? 0)]);
    const known = present(values);
    if (!known.length) return [0, 100];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const room = Math.max(0.2, (high - low) * 0.08);
    return [low - room, high + room];
  };

  const diamond = (ctx, x, y, size) => {
    ctx.beginPath();
    ctx.moveTo(x, y - size); ctx.lineTo(x + size, y); ctx.lineTo(x, y + size); ctx.lineTo(x - size, y);
    ctx.closePath();
    ctx.stroke();
  };

  const marks = plot => u => {
    const ctx = u.ctx, px = devicePixelRatio;
    const y = value => u.valToPos(value, "y", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    plot.lines.forEach((line, i) => {
      if (!u.series[i + 1].show) return;
      // side by side, so that bars at the same block do not hide one another
      const aside = (i - (plot.lines.length - 1) / 2) * 7 * px;
      const x = k => u.valToPos(plot.blocks[k], "x", true) + aside;
      ctx.strokeStyle = ctx.fillStyle = looks(plot, i);
      ctx.lineWidth = 2 * px;
      ctx.beginPath();
      line.points.forEach((p, k) => {
        if (p.mean == null) return;
        const joined = k && line.points[k - 1].mean != null;
        ctx[joined ? "lineTo" : "moveTo"](x(k), y(p.mean));
      });
      ctx.stroke();
      line.points.forEach((p, k) => {
        ctx.lineWidth = 1.5 * px;
        if (p.paper != null) diamond(ctx, x(k), y(p.paper), 5 * px);
        if (p.mean == null) return;
        if (p.std != null) {
          ctx.beginPath();
          for (const end of [p.mean - p.std, p.mean + p.std]) {
            ctx.moveTo(x(k) - 4 * px, y(end)); ctx.lineTo(x(k) + 4 * px, y(end));
          }
          ctx.moveTo(x(k), y(p.mean - p.std)); ctx.lineTo(x(k), y(p.mean + p.std));
          ctx.stroke();
        }
        ctx.beginPath();
        ctx.arc(x(k), y(p.mean), 3.5 * px, 0, 2 * Math.PI);
        ctx.fill();
      });
    });
    plot.levels.forEach((level, i) => {
      const series = plot.lines.length + i;
      if (!u.series[series + 1].show) return;
      ctx.strokeStyle = ctx.fillStyle = looks(plot, series);
      const { left, width } = u.bbox;
      const { mean, std, paper } = level.point;
      if (mean != null && std != null) {
        ctx.globalAlpha = 0.12;
        ctx.fillRect(left, y(mean + std), width, y(mean - std) - y(mean + std));
        ctx.globalAlpha = 1;
      }
      if (mean != null) {
        ctx.lineWidth = 2 * px;
        ctx.setLineDash([7 * px, 5 * px]);
        ctx.beginPath();
        ctx.moveTo(left, y(mean)); ctx.lineTo(left + width, y(mean));
        ctx.stroke();
        ctx.setLineDash([]);
      }
      ctx.lineWidth = 1.5 * px;
      if (paper != null) diamond(ctx, left + width - 9 * px, y(paper), 5 * px);
    });
    ctx.restore();
  };

  const percent = value => value == null ? "–" : value.toFixed(2);
  const valueOf = points => (u, v, s, i) => {
    const p = points(i);
    if (!p) return "–";
    return percent(p.mean) + (p.std == null ? "" : " ± " + percent(p.std)) + (p.paper == null ? "" : " ◇ " + percent(p.paper));
  };

  const draw = (plot, place) => {
    const all = [
      ...plot.lines.map(l => ({ name: l.name, points: i => i == null ? null : l.points[i], values: l.points.map(p => p.mean) })),
      ...plot.levels.map(l => ({ name: l.name, points: () => l.point, values: plot.blocks.map(() => l.point.mean) }))
    ];
    const ends = [plot.blocks[0] - 0.5, plot.blocks[plot.blocks.length - 1] + 0.5];
    return new uPlot({
      width: place.clientWidth, height: HEIGHT,
      cursor: { points: { show: false }, drag: { x: false, y: false } },
      legend: { markers: { width: 0, fill: (u, i) => i ? looks(plot, i - 1) : null } },
      scales: { x: { time: false, range: () => ends }, y: { range: () => range(plot) } },
      axes: [{ ...page.wholeNumbers(), splits: () => plot.blocks, size: 30 }, page.figures()],
      series: [
        { label: "last block", value: (u, v) => v == null ? "–" : v },
        ...all.map((s, i) => ({ label: s.name, stroke: looks(plot, i), paths: () => null, points: { show: false }, value: valueOf(s.points) }))
      ],
      hooks: { draw: [marks(plot)] }
    }, [plot.blocks, ...all.map(s => s.values)], place);
  };
  page.plots([...document.querySelectorAll(".boundary-plot")], HEIGHT, (place, i) => draw(plots[i], place));
})();

// loss curves of the best groups; names beside the plot stand for its legend
(() => {
  const data = page.data("curve-data");
  if (!data) return;
  const HEIGHT = 320;
  const names = [...document.querySelectorAll(".curves li")];
  const place = document.getElementById("loss-plot");
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
  // neighbours in rank are far apart in hue, and of another dash
  const stroke = i => `hsl(${(i * 137.5) % 360} 62% ${page.colour("curve")})`;
  let plot;

  const only = index => {
    names.forEach((name, i) => name.classList.toggle("alone", i === index));
    plot.setSeries(index == null ? null : index + 1, { focus: true }, false);
  };

  page.plots([place], HEIGHT, () => {
    names.forEach((name, i) => {
      const line = name.querySelector("path");
      line.style.stroke = stroke(i);
      line.style.strokeDasharray = DASHES[i % 4].join(" ");
    });
    plot = new uPlot({
      width: place.clientWidth, height: HEIGHT,
      legend: { show: false },
      focus: { alpha: 0.15 },
      cursor: { focus: { prox: 16 }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: (u, min, max) => min === max ? [min - 1, max + 1] : [min, max] } },
      axes: [page.wholeNumbers(), page.figures()],
      series: [
        { label: "epoch" },
        ...data.curves.map((c, i) => ({ label: c.name, stroke: stroke(i), width: 2, dash: DASHES[i % 4], spanGaps: true, points: { show: data.epochs.length <= 2, size: 6 } }))
      ],
      hooks: { setSeries: [(u, index) => names.forEach((name, i) => name.classList.toggle("alone", index != null && i === index - 1))] }
    }, [data.epochs, ...data.curves.map(c => c.values)], place);
    return plot;
  });
  names.forEach((name, i) => {
    name.addEventListener("pointerenter", () => only(i));
    name.addEventListener("pointerleave", () => only(null));
  });
})();
