// Draws each distribution as latency by percentile: both axes logarithmic, so that the tail shows.
(function () {
  const HEIGHT = 220;
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // P99 is at 2, P99.9 at 3.
  function percentile(nines) {
    const digits = Math.max(0, Math.ceil(nines) - 2);
    return "P" + (100 - Math.pow(10, 2 - nines)).toFixed(digits).replace(/^0(\.0*)?$/, "0");
  }

  /** Where each value begins, as a number of nines, and the value; the longest ends it. */
  function points(bins, max) {
    let sum = 0, below = 0;
    for (let i = 1; i < bins.length; i += 2) sum += bins[i];
    const xs = [], ys = [];
    for (let i = 0; i < bins.length; i += 2) {
      xs.push(-Math.log10(1 - below / sum));
      ys.push(Math.max(1, Math.min(bins[i], max)));
      below += bins[i + 1];
    }
    xs.push(Math.log10(2 * sum));
    ys.push(Math.max(1, max));
    return { sum, xs, ys };
  }

  function axis(more) {
    return {
      stroke: () => style("--dim"), font: "11px system-ui, sans-serif",
      grid: { stroke: () => style("--line"), width: 1 }, ticks: { show: false }, ...more,
    };
  }

  function powers(low, high) {
    const all = [];
    for (let p = Math.ceil(Math.log10(low) - 1e-9); p <= Math.log10(high) + 1e-9; p++) all.push(Math.pow(10, p));
    return all;
  }

  function plot(box, found) {
    const { sum, xs, ys } = points(found.bins, found.max);
    const last = xs.length - 1;
    const nines = Math.max(2, Math.ceil(Math.log10(Math.max(sum, 10))));
    const low = ys[0], high = Math.max(low * 10, ys[last]);
    const size = () => ({ width: Math.max(200, box.clientWidth), height: HEIGHT });
    const chart = new uPlot({
      ...size(),
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      legend: { markers: { show: false } },
      scales: {
        x: { time: false, range: () => [0, nines] },
        y: { distr: 3, range: () => [low, high * 1.1] },
      },
      axes: [
        axis({ splits: () => [...Array(nines + 1).keys()], values: (u, all) => all.map(percentile), size: 28 }),
        axis({ splits: () => powers(low, high), filter: (u, all) => all, values: (u, all) => all.map(formatTime), size: 68 }),
      ],
      series: [
        { label: "percentile", value: (u, x) => x === null ? "–" : percentile(x) },
        {
          label: "value", value: (u, y) => y === null ? "–" : formatTime(y),
          stroke: () => style("--link"), width: 2, paths: uPlot.paths.stepped({ align: 1 }),
          points: { show: true, filter: () => [last], size: 7, stroke: () => style("--fail"), fill: () => style("--fail") },
        },
      ],
    }, [xs, ys], box);
    box.dataset.count = sum;
    new ResizeObserver(() => chart.setSize(size())).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
  }

  for (const box of document.querySelectorAll(".curve")) {
    const found = data.plots.find((p) => p.module === box.dataset.module && p.title === box.dataset.title);
    if (found && found.bins.length > 0) plot(box, found);
  }
  document.documentElement.dataset.ready = "yes";
})();
