
// all trainings and sweeps, as they are told by server-sent events; nothing here changes anything
(() => {
  const FIRST = 200; // lines of a table, until more are asked for
  const trainings = new Map(), sweeps = new Map(); // by "namespace/name"
  const keyOf = row => row.namespace + "/" + row.name;
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value != null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter(child => child != null));
    return made;
  };
  const byId = id => document.getElementById(id);

  // words and figures
  const LOOKS = { Running: "running", Starting: "running", Succeeded: "succeeded", Failed: "failed" };
  const look = row => LOOKS[row.state] ?? "stopped";
  const state = row => element("span", { class: "state " + look(row) }, row.state ?? "New");
  // what goes on, or went well, says no more than that
  const stateAndWhy = row => element("div", {}, state(row), ["Running", "Succeeded"].includes(row.state) || !row.why ? null : element("div", { class: "why" }, row.why));
  const figure = (value, digits) => value == null ? "–" : value.toFixed(digits);
  const count = value => value == null ? "–" : String(value);
  const ago = time => {
    if (!time) return "–";
    const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
    const [size, unit] = [[86400, "d"], [3600, "h"], [60, "min"]].find(([size]) => seconds >= size) ?? [1, "s"];
    return Math.floor(seconds / size) + " " + unit;
  };
  const clock = time => {
    if (!time) return "–";
    const at = new Date(time), today = new Date().toDateString() === at.toDateString();
    return at.toLocaleString([], today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" });
  };
  const epoch = row => row.epoch == null ? "–" : row.epoch + (row.epochs == null ? "" : " of " + row.epochs);
  const link = (kind, row) => element("a", { href: "#" + kind + "/" + keyOf(row) }, row.name);

  // columns: a name, what stands in a cell, what it is sorted by, and its class
  const TRAININGS = [
    ["Name", row => link("trainings", row), row => row.name, "what"],
    ["Namespace", row => row.namespace, row => row.namespace, "what namespace"],
    ["State", stateAndWhy, row => row.state ?? "", "what"],
    ["Network", row => row.architecture ?? "–", row => row.architecture ?? "", "what"],
    ["Optimizer", row => row.optimizer ?? "–", row => row.optimizer ?? "", "long"],
    ["Seed", row => count(row.seed), row => row.seed ?? -1, "seed"],
    ["Epoch", epoch, row => row.epoch ?? -1],
    ["Done", row => row.percent == null ? "–" : element("progress", { max: 100, value: row.percent, title: row.percent + " %", "aria-label": row.percent + " percent done" }), row => row.percent ?? -1],
    ["Accuracy", row => figure(row.metrics?.accuracy, 4), row => row.metrics?.accuracy ?? -1],
    ["Loss", row => figure(row.metrics?.loss, 4), row => row.metrics?.loss ?? Infinity],
    ["F1", row => figure(row.metrics?.f1, 4), row => row.metrics?.f1 ?? -1],
    ["Images/s", row => row.imagesPerSecond == null ? "–" : page.short(row.imagesPerSecond), row => row.imagesPerSecond ?? -1],
    ["Ends", row => clock(row.ended ?? row.eta), row => row.ended ?? row.eta ?? ""],
    ["Age", row => ago(row.created), row => -(Date.parse(row.created) || 0)]
  ];
  const SWEEPS = [
    ["Name", row => link("sweeps", row), row => row.name, "what"],
    ["Namespace", row => row.namespace, row => row.namespace, "what namespace"],
    ["State", state, row => row.state ?? "", "what"],
    ["Trials", row => count(row.trials?.total), row => row.trials?.total ?? -1],
    ["Running", row => count(row.trials?.running), row => row.trials?.running ?? -1],
    ["Succeeded", row => count(row.trials?.succeeded), row => row.trials?.succeeded ?? -1],
    ["Failed", row => count(row.trials?.failed), row => row.trials?.failed ?? -1],
    ["Best on validation", row => row.best ? row.best.optimization + ", " + row.best.dataset : "–", row => row.best?.optimization ?? "", "long"],
    ["Accuracy", row => figure(row.best?.validation?.accuracy?.mean, 4), row => row.best?.validation?.accuracy?.mean ?? -1],
    ["Report", row => row.report ? element("a", { href: "sweeps/" + keyOf(row) + "/report" }, "report") : "–", row => row.report ? 1 : 0, "what"],
    ["Age", row => ago(row.created), row => -(Date.parse(row.created) || 0)]
  ];
  const GROUPS = [
    ["Arm", row => row.arm ?? "–", row => row.arm ?? "", "what"],
    ["Data set", row => row.dataset ?? "–", row => row.dataset ?? "", "what"],
    ["Strategy", row => row.optimization ?? "–", row => row.optimization ?? "", "long"],
    ["Succeeded", row => count(row.n), row => row.n],
    ["Validation accuracy", row => spread(row.validation?.accuracy), row => row.validation?.accuracy?.mean ?? -1],
    ["Test accuracy", row => spread(row.test?.accuracy), row => row.test?.accuracy?.mean ?? -1],
    ["Test F1", row => spread(row.test?.f1), row => row.test?.f1?.mean ?? -1]
  ];
  const spread = it => it == null ? "–" : figure(it.mean, 4) + (it.std == null ? "" : " ± " + figure(it.std, 4));

  // a table keeps its lines: what has the focus, or is being marked, stays so while figures change
  const sortable = (place, columns, name) => {
    const body = element("tbody"), lines = new Map();
    let by = null, falling = false;
    const heads = columns.map(([label, , , kind], i) => element("th", { scope: "col", class: kind ?? null },
      element("button", { type: "button", onclick: () => { falling = by === i && !falling; by = i; draw(); } }, label)));
    place.replaceChildren(element("caption", { class: "hidden" }, name), element("thead", {}, element("tr", {}, ...heads)), body);
    let rows = [], chosen = null;
    const sorted = () => {
      if (by == null) return rows;
      const value = columns[by][2];
      const compare = (one, other) => typeof one === "string" ? one.localeCompare(other, "en", { numeric: true }) : one - other;
      return [...rows].sort((one, other) => (falling ? -1 : 1) * compare(value(one), value(other)));
    };
    const fill = (cell, content) => {
      const made = typeof content === "string" ? document.createTextNode(content) : content;
      if (cell.firstChild && made.isEqualNode(cell.firstChild)) return;
      cell.replaceChildren(made);
    };
    const draw = () => {
      heads.forEach((head, i) => by === i ? head.setAttribute("aria-sort", falling ? "descending" : "ascending") : head.removeAttribute("aria-sort"));
      const shown = sorted();
      const keys = new Set(shown.map(keyOf));
      for (const [key, line] of lines) if (!keys.has(key)) { line.remove(); lines.delete(key); }
      shown.forEach((row, i) => {
        const key = keyOf(row);
        let line = lines.get(key);
        if (!line) lines.set(key, line = element("tr", {}, ...columns.map(([, , , kind]) => element("td", { class: kind ?? null }))));
        columns.forEach(([, content], k) => fill(line.children[k], content(row)));
        line.classList.toggle("chosen", key === chosen);
        if (body.children[i] !== line) body.insertBefore(line, body.children[i] ?? null);
      });
    };
    return (newRows, newlyChosen = null) => { rows = newRows; chosen = newlyChosen; draw(); };
  };

  // which trainings: by state, by words, by sweep
  const STATES = ["Running", "Starting", "Pending", "Queued", "Suspended", "Paused", "Succeeded", "Failed"];
  const wanted = new Set();
  let all = false;
  const search = element("input", { type: "search", placeholder: "name, network, optimizer…", "aria-label": "Only those with these words", oninput: () => redraw() });
  const buttons = STATES.map(name => {
    const number = element("span", { class: "count" }, "0");
    const button = element("button", { type: "button", "aria-pressed": "false", onclick: () => {
      wanted.has(name) ? wanted.delete(name) : wanted.add(name);
      button.setAttribute("aria-pressed", wanted.has(name));
      redraw();
    } }, name, " ", number);
    return { name, button, number };
  });
  byId("filters").append(...buttons.map(it => it.button), search);
  byId("more").addEventListener("click", () => { all = true; redraw(); });

  const drawTrainings = sortable(byId("training-table"), TRAININGS, "Trainings");
  const drawSweeps = sortable(byId("sweep-table"), SWEEPS, "Sweeps");

  const place = () => {
    const parts = decodeURIComponent(location.hash.slice(1)).split("/");
    return parts.length === 3 && ["trainings", "sweeps"].includes(parts[0]) ? { kind: parts[0], key: parts[1] + "/" + parts[2] } : null;
  };
  const newestFirst = (one, other) => (other.created ?? "").localeCompare(one.created ?? "") || keyOf(one).localeCompare(keyOf(other));

  const redraw = () => {
    const at = place();
    const sweep = at?.kind === "sweeps" ? sweeps.get(at.key) : null;
    const known = [...trainings.values()];
    // a sweep's trials are shown with it, or where somebody looks for them
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const within = known.filter(row => sweep ? row.sweep === sweep.name && row.namespace === sweep.namespace : !row.sweep || words.length || wanted.size);
    buttons.forEach(({ name, number }) => number.textContent = (sweep ? within : known).filter(row => (row.state ?? "Pending") === name).length);
    const matching = within
      .filter(row => !wanted.size || wanted.has(row.state ?? "Pending"))
      .filter(row => {
        const text = [row.namespace, row.name, row.architecture, row.optimizer, row.sweep, row.node, row.why].join(" ").toLowerCase();
        return words.every(word => text.includes(word));
      })
      .sort(newestFirst);
    const shown = all ? matching : matching.slice(0, FIRST);
    const trials = known.filter(row => row.sweep).length;
    byId("shown").textContent = matching.length === 0
      ? (known.length ? "None of " + known.length + " trainings." : "No trainings yet.")
      : matching.length + (matching.length === 1 ? " training" : " trainings") + (sweep ? " of sweep " + sweep.name : "")
        + (!sweep && !words.length && !wanted.size && trials ? "; " + trials + " more are trials of sweeps, and shown with these" : "");
    byId("more").hidden = shown.length === matching.length;
    byId("more").textContent = "Show all " + matching.length;
    drawTrainings(shown, at?.kind === "trainings" ? at.key : null);
    document.body.classList.toggle("one-namespace", new Set([...known, ...sweeps.values()].map(row => row.namespace)).size < 2);
    document.body.classList.toggle("no-sweep", !sweep);
    byId("sweeps").hidden = sweeps.size === 0;
    drawSweeps([...sweeps.values()].sort(newestFirst), at?.kind === "sweeps" ? at.key : null);
    detail.follow();
  };

  // one training or sweep, as large as there is room
  const detail = (() => {
    const box = byId("detail");
    let shown = null, plots = [], asked = 0, returnTo = null;
    const close = () => { history.pushState(null, "", location.pathname); show(); returnTo?.focus(); };
    const table = (columns, rows, name) => {
      const made = element("table");
      sortable(made, columns, name)(rows.map((row, i) => ({ ...row, namespace: "", name: row.name ?? String(i) })));
      return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, made);
    };
    const curve = (points, series, label) => {
      const where = element("div", { class: "chart", role: "img", "aria-label": label + ": " + series.map(([name, field]) => name + " " + points.map(p => page.short(p[field])).join(", ")).join("; ") });
      return { where, draw: () => {
        page.plots([where], 220, () => new uPlot({
          width: where.clientWidth, height: 220,
          cursor: { drag: { x: false, y: false } },
          scales: { x: { time: false, range: (u, min, max) => min === max ? [min - 1, max + 1] : [min, max] } },
          axes: [page.wholeNumbers(), page.figures()],
          series: [{ label: "epoch" }, ...series.map(([name, , colour]) => ({ label: name, stroke: page.colour(colour), width: 2, spanGaps: true, points: { show: points.length <= 2, size: 6 }, value: (u, v) => page.short(v) }))]
        }, [points.map(p => p.epoch), ...series.map(([, field]) => points.map(p => p[field] ?? null))], where));
      } };
    };
    const facts = pairs => element("dl", {}, ...pairs.filter(([, value]) => value != null && value !== "–").flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    const yaml = text => element("details", {}, element("summary", {}, "YAML"),
      element("p", { class: "hint" }, "As it was applied, without what the cluster has added; under another name it can be run again."),
      element("pre", { tabindex: "0" }, text));
    const CONDITIONS = [
      ["Condition", row => row.type, row => row.type, "what"], ["Status", row => row.status, row => row.status, "what"],
      ["Reason", row => row.reason ?? "", row => row.reason ?? "", "what"], ["Since", row => ago(row.lastTransitionTime), row => row.lastTransitionTime ?? ""],
      ["Message", row => row.message ?? "", row => row.message ?? "", "long"]];
    const EVENTS = [
      ["When", row => clock(row.time), row => row.time, "what"], ["Type", row => row.type, row => row.type, "what"],
      ["Reason", row => row.reason, row => row.reason, "what"], ["Note", row => row.note + (row.count > 1 ? " (" + row.count + " times)" : ""), row => row.note, "long"]];
    const FAILURES = [
      ["When", row => clock(row.time), row => row.time ?? "", "what"], ["Attempt", row => count(row.attempt), row => row.attempt ?? 0],
      ["Reason", row => row.reason ?? "", row => row.reason ?? "", "what"], ["Node", row => row.node ?? "–", row => row.node ?? "", "what"],
      ["Message", row => row.message ?? "", row => row.message ?? "", "long"]];

    const training = it => {
      const row = it.row, points = it.history, parts = [];
      parts.push(facts([["Network", row.architecture], ["Optimizer", row.optimizer], ["Epoch", epoch(row)], ["Images/s", row.imagesPerSecond == null ? null : page.short(row.imagesPerSecond)],
        [row.ended ? "Ended" : "Should end", clock(row.ended ?? row.eta)], ["Node", row.node], ["Restarts", row.restarts ? String(row.restarts) : null],
        ["Sweep", row.sweep ? element("a", { href: "#sweeps/" + row.namespace + "/" + row.sweep }, row.sweep) : null]]));
      if (row.metrics) {
        const { split, accuracy, loss, f1 } = row.metrics;
        parts.push(element("div", { class: "tiles" }, ...[["Accuracy", accuracy], ["Loss", loss], ["F1", f1]].map(([name, value]) =>
          element("div", { class: "tile" }, element("div", { class: "name" }, name), element("div", { class: "value" }, figure(value, 4)), element("div", { class: "note" }, split === "Test" ? "on test" : "on validation, after epoch " + row.metrics.epoch)))));
      }
      if (points.length) {
        const losses = curve(points, [["training", "trainLoss", "train"], ["validation", "loss", "held-out"]], "Loss");
        const scores = curve(points, [["accuracy", "accuracy", "low"], ["F1", "f1", "second"]], "Validation");
        plots = [losses, scores];
        parts.push(element("div", { class: "charts" },
          element("figure", {}, element("figcaption", {}, "Loss"), losses.where), element("figure", {}, element("figcaption", {}, "Accuracy and F1 on validation"), scores.where)));
      }
      if (it.failures.length) parts.push(element("h3", {}, "Failures"), table(FAILURES, it.failures, "Failures"));
      if (it.events.length) parts.push(element("h3", {}, "Events"), table(EVENTS, it.events, "Events"));
      parts.push(element("h3", {}, "Conditions"), table(CONDITIONS, it.conditions, "Conditions"), yaml(it.yaml));
      return parts;
    };
    const sweep = it => [
      facts([["Trials", it.row.trials ? it.row.trials.succeeded + " of " + it.row.trials.total + " succeeded, " + it.row.trials.running + " running, " + it.row.trials.failed + " failed" : null],
        ["Ended", clock(it.row.ended)], ["Report", it.row.report ? element("a", { href: "sweeps/" + keyOf(it.row) + "/report" }, "tables and plots") : null]]),
      ...(it.groups.length ? [element("h3", {}, "Groups"), table(GROUPS, it.groups, "Groups")] : []),
      element("h3", {}, "Conditions"), table(CONDITIONS, it.conditions, "Conditions"), yaml(it.yaml)];

    const draw = (at, it) => {
      const open = box.querySelector("details")?.open ?? false;
      const focused = box.contains(document.activeElement) && document.activeElement.id;
      plots = [];
      const title = element("h2", { id: "detail-title", tabindex: "-1" }, it.row.name, " ", state(it.row));
      const parts = at.kind === "trainings" ? training(it) : sweep(it);
      box.replaceChildren(element("div", { class: "top" }, title, element("button", { type: "button", id: "detail-close", onclick: close }, "Close")),
        ...(it.row.why ? [element("p", { class: "message " + look(it.row) }, it.row.why)] : []), ...parts);
      box.querySelector("details").open = open;
      box.hidden = false;
      plots.forEach(plot => plot.draw());
      if (focused) byId(focused)?.focus();
    };
    const rowOf = at => (at.kind === "trainings" ? trainings : sweeps).get(at.key);
    const ask = async (at, version) => {
      const number = ++asked;
      try {
        const answer = await fetch(at.kind + "/" + at.key.split("/").map(encodeURIComponent).join("/"));
        if (number !== asked) return;
        if (!answer.ok) throw new Error(await answer.text());
        draw(at, await answer.json());
        if (shown.fresh) { shown.fresh = false; byId("detail-title").focus(); box.scrollIntoView({ block: "nearest" }); }
      } catch (problem) {
        if (number !== asked) return;
        box.replaceChildren(element("div", { class: "top" }, element("h2", { id: "detail-title", tabindex: "-1" }, at.key), element("button", { type: "button", onclick: close }, "Close")),
          element("p", { class: "message" }, problem.message));
        box.hidden = false;
      }
    };
    // asks again when the resource has changed, once a second at most
    let waiting = null;
    const follow = () => {
      const at = place(), row = at && rowOf(at);
      if (!at || !shown || !row || row.version === shown.version || waiting) return;
      waiting = setTimeout(() => { waiting = null; const now = place() && rowOf(place()); if (shown && now) { shown.version = now.version; ask(place(), now.version); } }, 1000);
    };
    const show = () => {
      const at = place();
      if (!at) { shown = null; asked++; box.hidden = true; box.replaceChildren(); redraw(); return; }
      returnTo = document.activeElement?.tagName === "A" ? document.activeElement : returnTo;
      shown = { version: rowOf(at)?.version, fresh: true };
      ask(at);
      redraw();
    };
    addEventListener("hashchange", show);
    addEventListener("popstate", () => place() || show());
    addEventListener("keydown", key => { if (key.key === "Escape" && shown) close(); });
    return { show, follow };
  })();

  // the stream: all rows first, and again after a pause; then those that have changed
  let due = false;
  const soon = () => { if (!due) { due = true; requestAnimationFrame(() => { due = false; redraw(); }); } };
  const connection = byId("connection");
  const say = (words, look) => { connection.textContent = words; connection.className = "state " + look; };
  const source = new EventSource("events");
  source.addEventListener("all", message => {
    const news = JSON.parse(message.data);
    trainings.clear(); sweeps.clear();
    news.trainings.forEach(row => trainings.set(keyOf(row), row));
    news.sweeps.forEach(row => sweeps.set(keyOf(row), row));
    say("live", "succeeded");
    soon();
  });
  source.addEventListener("some", message => {
    const news = JSON.parse(message.data);
    news.trainingsGone.forEach(key => trainings.delete(key));
    news.sweepsGone.forEach(key => sweeps.delete(key));
    news.trainings.forEach(row => trainings.set(keyOf(row), row));
    news.sweeps.forEach(row => sweeps.set(keyOf(row), row));
    soon();
  });
  source.addEventListener("error", () => say(source.readyState === EventSource.CLOSED ? "no connection; load the page again" : "no connection, trying again", "failed"));
  setInterval(redraw, 10000); // ages
  detail.show();
})();
