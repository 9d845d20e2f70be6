// Draws each distribution as latency by percentile: both axes logarithmic, so that the tail shows.
(function () {
  const SVG = "http://www.w3.org/2000/svg";
  const W = 560, H = 220, LEFT = 64, RIGHT = 12, TOP = 10, BOTTOM = 26;

  function element(parent, name, attributes, text) {
    const e = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    if (text !== undefined) e.textContent = text;
    parent.append(e);
    return e;
  }

  function plot(svg, bins, count, max) {
    svg.setAttribute("viewBox", "0 0 " + W + " " + H);
    let sum = 0;
    for (let i = 1; i < bins.length; i += 2) sum += bins[i];
    svg.dataset.count = sum;
    const nines = Math.max(2, Math.ceil(Math.log10(Math.max(sum, 10))));
    const low = Math.max(1, bins[0]), high = Math.max(low * 10, max);
    const x = (beyond) => LEFT + -Math.log10(Math.max(beyond, Math.pow(10, -nines))) / nines * (W - LEFT - RIGHT);
    const y = (ns) => H - BOTTOM - (Math.log10(Math.max(ns, low)) - Math.log10(low))
      / (Math.log10(high) - Math.log10(low)) * (H - TOP - BOTTOM);
    for (let p = Math.ceil(Math.log10(low)); p <= Math.log10(high); p++) {
      const at = y(Math.pow(10, p));
      element(svg, "line", { x1: LEFT, x2: W - RIGHT, y1: at, y2: at });
      element(svg, "text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, formatTime(Math.pow(10, p)));
    }
    for (let n = 0; n <= nines; n++) {
      const beyond = Math.pow(10, -n);
      const label = n === 0 ? "0" : n === 1 ? "90" : n === 2 ? "99" : "99." + "9".repeat(n - 2);
      element(svg, "line", { x1: x(beyond), x2: x(beyond), y1: TOP, y2: H - BOTTOM });
      element(svg, "text", { x: x(beyond), y: H - 8, "text-anchor": "middle" }, "P" + label);
    }
    let below = 0, path = "";
    for (let i = 0; i < bins.length; i += 2) {
      path += (path ? "L" : "M") + x(1 - below / sum).toFixed(1) + " " + y(Math.min(bins[i], max)).toFixed(1);
      below += bins[i + 1];
      path += "L" + x(Math.max(1 - below / sum, 0.5 / sum)).toFixed(1) + " " + y(Math.min(bins[i], max)).toFixed(1);
    }
    element(svg, "path", { d: path });
    const last = element(svg, "circle", { cx: x(0.5 / sum), cy: y(max), r: 3.5 });
    element(last, "title", {}, "longest of " + count.toLocaleString("en-US") + ": " + formatTime(max));
  }

  for (const svg of document.querySelectorAll(".curve")) {
    const found = data.plots.find((p) => p.module === svg.dataset.module && p.title === svg.dataset.title);
    if (found && found.bins.length > 0) plot(svg, found.bins, found.count, found.max);
  }
  document.documentElement.dataset.ready = "yes";
})();
