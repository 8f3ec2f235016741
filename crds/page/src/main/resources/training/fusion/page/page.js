
// what the plots of all pages have in common; all else on them is plain HTML
const page = (() => {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  // four significant digits at most, no trailing zeros
  const short = value => value == null ? "–" : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6) ? value.toExponential(1).replace("e-", "e−").replace("e+", "e") : String(+value.toPrecision(4));

  const axis = () => ({ stroke: colour("quiet"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" });
  const wholeNumbers = () => ({ ...axis(), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], size: 30 });
  const figures = () => ({ ...axis(), size: 54, values: (u, ticks) => ticks.map(t => t == null ? "" : short(t)) });

  // what stands in a script element as JSON; null if it is not on this page
  const data = id => {
    const source = document.getElementById(id);
    return source && JSON.parse(source.textContent);
  };

  // draws a plot in each place, anew when the reader's colours change; plots are as wide as their places
  const plots = (places, height, draw) => {
    let drawn = [];
    const drawAll = () => {
      drawn.forEach(plot => plot.destroy());
      drawn = places.map((place, i) => draw(place, i));
    };
    drawAll();
    ["(prefers-color-scheme: dark)", "print"].forEach(media => matchMedia(media).addEventListener("change", drawAll));
    const observer = new ResizeObserver(() => drawn.forEach((plot, i) => {
      if (plot.width !== places[i].clientWidth) plot.setSize({ width: places[i].clientWidth, height });
    }));
    places.forEach(place => observer.observe(place));
  };

  // paper has no triangles to be clicked
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach(part => { part.open = part.unfolded = true; }));
  addEventListener("afterprint", () => document.querySelectorAll("details").forEach(part => { if (part.unfolded) part.open = part.unfolded = false; }));

  return { colour, short, wholeNumbers, figures, data, plots };
})();
