
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

// what the reader has chosen outlasts that a page under way loads itself anew
const chosen = (() => {
  const key = "fusion-report:" + location.pathname;
  const all = () => {
    try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch (e) { return {}; }
  };
  return {
    get: name => all()[name],
    set: (name, value) => {
      try { sessionStorage.setItem(key, JSON.stringify({ ...all(), [name]: value })); } catch (e) { /* then it does not */ }
    }
  };
})();

// the curves of a run
document.querySelectorAll("[data-charts]").forEach(container => {
  const data = page.data(container.dataset.charts);
  if (!data || !data.charts.length) return;
  const { colour, short } = page;
  const places = [...container.querySelectorAll(".chart")];
  const HEIGHT = 240;

  const logRange = ({ series, scale }) => {
    const peaks = series.map(s => Math.max(...s.values.filter(v => v != null)));
    const least = Math.min(...series.flatMap(s => s.values.filter(v => v != null)));
    const bottom = scale === "PEAKS" ? Math.max(least, Math.min(...peaks) / 100) : least;
    // to 1, 2 or 5 times a power of ten, so that the axis ends at a figure that is one
    const round = (value, up) => {
      const power = 10 ** Math.floor(Math.log10(value)), steps = [1, 2, 5, 10].map(step => step * power);
      return up ? steps.find(step => step >= value) ?? 10 * power : steps.findLast(step => step <= value) ?? power;
    };
    return [round(bottom / 1.2, false), round(Math.max(...peaks) * 1.2, true)];
  };

  // over many decades uPlot's logarithmic axis has no figures left: there the exponents are plotted
  const isLong = chart => {
    if (chart.scale === "LINEAR") return false;
    const [least, most] = logRange(chart);
    return most / least > 1e5;
  };
  const exponents = () => ({ ...page.figures(), incrs: [1, 2, 5, 10, 20, 50, 100], values: (plot, ticks) => ticks.map(tick => short(10 ** tick)) });

  const mark = plot => {
    const ctx = plot.ctx;
    data.marks.forEach(place => {
      const x = Math.round(plot.valToPos(place, "x", true));
      ctx.save();
      ctx.strokeStyle = colour("quiet");
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, plot.bbox.top);
      ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
      ctx.stroke();
      ctx.restore();
    });
  };

  // of curves that were measured now and then the last value is elsewhere
  const newest = plot => {
    if (plot.legend.idx == null) plot.setLegend({ idxs: plot.data.map(values => values.findLastIndex(v => v != null)) });
  };

  // the value at the pointer, or the last before it
  const nearest = (plot, series, index) => {
    while (index > 0 && plot.data[series][index] == null) index--;
    return index;
  };

  const draw = (chart, place) => {
    const one = data.places.length === 1;
    const only = data.places[0];
    const sparse = chart.series.some(s => s.values.filter(v => v != null).length < 0.9 * s.values.length);
    const long = isLong(chart);
    const options = {
      width: place.clientWidth, height: HEIGHT,
      cursor: { sync: { key: data.axis }, points: { size: 7 }, dataIdx: nearest },
      legend: { markers: { width: 0, fill: (u, i) => i ? colour(chart.series[i - 1].look) : null } },
      scales: {
        x: { time: false, range: (u, min, max) => one ? [only - 1, only + 1] : [min, max] },
        y: chart.scale === "LINEAR" || long ? {} : { distr: 3, range: () => logRange(chart) }
      },
      axes: [page.wholeNumbers(), long ? exponents() : page.figures()],
      series: [
        { label: data.axis, value: (u, v) => v == null ? "–" : v },
        ...chart.series.map(s => ({
          label: s.name, stroke: colour(s.look), width: data.places.length > 100 ? 1.5 : 2, value: (u, v) => short(long && v != null ? 10 ** v : v),
          dash: s.look === "train" && data.axis === "epoch" ? [6, 4] : undefined, spanGaps: sparse,
          points: { show: data.places.length <= 30 || one, size: 5, fill: colour(s.look) }
        }))
      ],
      // the newest figures are in the legend until the pointer asks for others
      hooks: { draw: [mark], ready: [newest], setLegend: [newest] }
    };
    const values = chart.series.map(s => long ? s.values.map(v => v == null ? null : Math.log10(v)) : s.values);
    return new uPlot(options, [data.places, ...values], place);
  };

  page.plots(places, HEIGHT, (place, i) => draw(data.charts[i], place));
});

// confusion matrices: what is pointed at, and those of other epochs
(() => {
  const data = page.data("matrix-data");
  if (!data) return;
  const table = document.getElementById("matrix");
  const map = document.getElementById("map");
  const readout = document.getElementById("cell");
  const body = document.querySelector("#commonest tbody");
  const select = document.getElementById("evaluation");
  const percent = share => (100 * share).toFixed(1) + " %";
  const className = i => data.names[i] ?? "class " + i;
  const inThePage = data.all.length - 1;
  const shade = (count, images) => images ? Math.pow(count / images, 0.6) : 0;
  let shown = inThePage;

  const ends = row => {
    const first = row * data.grouped, last = Math.min(first + data.grouped, data.classes) - 1;
    return first === last ? className(first) : className(first) + " … " + className(last);
  };

  // row and column of each mistake that is known, summed where classes share them
  const cellsOf = matrix => {
    const size = matrix.images.length, cells = new Map();
    matrix.count.forEach((count, i) => {
      const row = Math.floor(matrix.label[i] / data.grouped), column = Math.floor(matrix.prediction[i] / data.grouped);
      if (row !== column) cells.set(row * size + column, (cells.get(row * size + column) || 0) + count);
    });
    return cells;
  };
  let cells = cellsOf(data.all[shown].matrix);

  const inWords = (row, column) => {
    const matrix = data.all[shown].matrix, images = matrix.images[row];
    const count = row === column ? matrix.right[row] : cells.get(row * matrix.images.length + column);
    const text = count == null
      ? (matrix.mistakesLeftOut ? "few or none" : "0") + " of " + images
      : count + " of " + images + " (" + percent(images ? count / images : 0) + ")";
    return ends(row) + (row === column ? " taken for " + (data.grouped > 1 ? "their own class: " : "itself: ") : " taken for " + ends(column) + ": ") + text;
  };

  const commonest = matrix => {
    body.replaceChildren(...matrix.count.slice(0, data.worst).map((count, i) => {
      const line = document.createElement("tr");
      const images = data.grouped === 1 ? matrix.images[matrix.label[i]] : 0;
      [className(matrix.label[i]), className(matrix.prediction[i]), count, images ? percent(count / images) : "–"].forEach((text, at) => {
        const cell = document.createElement("td");
        if (at < 2) cell.className = "what";
        cell.textContent = text;
        line.append(cell);
      });
      return line;
    }));
  };

  const still = { picture: map && map.querySelector("img").src, body: body.innerHTML };

  const paint = matrix => {
    const size = matrix.images.length, canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d"), image = context.createImageData(size, size);
    const put = (row, column, count, colour) =>
      image.data.set([...colour, Math.round(255 * shade(count, matrix.images[row]))], 4 * (row * size + column));
    cells.forEach((count, cell) => put(Math.floor(cell / size), cell % size, count, [0xd5, 0x5e, 0x00]));
    matrix.right.forEach((count, row) => put(row, row, count, [0x00, 0x72, 0xb2]));
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  };

  const fill = matrix => {
    [...table.tBodies[0].rows].forEach((line, row) => [...line.cells].slice(1).forEach((cell, column) => {
      const count = row === column ? matrix.right[row] : cells.get(row * matrix.images.length + column) || 0;
      const strength = shade(count, matrix.images[row]);
      cell.textContent = count;
      cell.title = inWords(row, column);
      cell.className = (row === column ? "right" : "wrong") + (strength > 0.6 ? " strong" : count ? "" : " zero");
      cell.style.setProperty("--shade", strength.toFixed(3));
    }));
  };

  const show = index => {
    shown = index;
    const { name, matrix } = data.all[index];
    cells = cellsOf(matrix);
    document.getElementById("matrix-name").textContent = name;
    readout.textContent = "";
    if (index === inThePage) body.innerHTML = still.body; else commonest(matrix);
    if (table) fill(matrix);
    if (map) map.querySelector("img").src = index === inThePage ? still.picture : paint(matrix);
  };

  if (select) {
    document.getElementById("matrix-choice").hidden = false;
    select.addEventListener("change", () => {
      show(select.selectedIndex);
      chosen.set("evaluation", select.value);
    });
    const before = data.all.findIndex(one => one.name === chosen.get("evaluation"));
    if (before >= 0) {
      select.selectedIndex = before;
      show(before);
    }
  }

  if (table) {
    table.addEventListener("pointerover", event => {
      const cell = event.target.closest("td");
      if (cell) readout.textContent = inWords(cell.parentNode.sectionRowIndex, cell.cellIndex - 1);
    });
  }

  if (map) {
    const area = map.querySelector(".cells"), cursor = map.querySelector(".cursor");
    const size = data.all[0].matrix.images.length;
    let at = null;
    const point = (row, column) => {
      at = [row, column];
      cursor.hidden = false;
      Object.assign(cursor.style, { left: 100 * column / size + "%", top: 100 * row / size + "%", width: 100 / size + "%", height: 100 / size + "%" });
      readout.textContent = inWords(row, column);
    };
    const within = i => Math.max(0, Math.min(size - 1, i));
    area.addEventListener("pointermove", event => {
      const box = area.getBoundingClientRect();
      point(within(Math.floor(size * (event.clientY - box.top) / box.height)), within(Math.floor(size * (event.clientX - box.left) / box.width)));
    });
    area.addEventListener("pointerleave", () => { cursor.hidden = true; });
    map.addEventListener("keydown", event => {
      const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!move) return;
      event.preventDefault();
      if (at) point(within(at[0] + move[0]), within(at[1] + move[1])); else point(0, 0);
    });
    map.addEventListener("blur", () => { cursor.hidden = true; });
  }
})();

// tables that are sorted by the column whose head is pressed
document.querySelectorAll("table.sortable").forEach(table => {
  const heads = [...table.tHead.rows[0].cells];
  const lines = [...table.tBodies[0].rows];
  const number = text => text === "–" ? -1 : parseFloat(text.replace(/,/g, ""));
  const value = (line, at) => at === 0 ? +line.dataset.place : number(line.cells[at].textContent);

  const sort = (at, descending) => {
    heads.forEach((head, i) => {
      if (head.querySelector("button")) head.setAttribute("aria-sort", i !== at ? "none" : descending ? "descending" : "ascending");
    });
    const sign = descending ? -1 : 1;
    table.tBodies[0].append(...lines.sort((one, other) => sign * (value(one, at) - value(other, at)) || one.dataset.place - other.dataset.place));
  };

  heads.forEach((head, at) => {
    if (head.classList.contains("bar")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      sort(at, descending);
      chosen.set("sort", [at, descending]);
    });
  });
  const before = chosen.get("sort");
  if (before && heads[before[0]]) sort(...before);
});

// texts to be taken along
document.querySelectorAll("button.copy").forEach(button => {
  const source = document.getElementById(button.dataset.copies), told = button.nextElementSibling;
  button.hidden = false;
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      told.textContent = "Copied.";
    } catch (e) { // a browser that lets no file's page copy: the old way, or by hand
      select();
      told.textContent = document.execCommand("copy") ? "Copied." : "Selected: copy it with Ctrl+C.";
    }
  });
});
