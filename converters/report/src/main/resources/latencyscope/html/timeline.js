"use strict";
// Draws the timeline: one row for each CPU with who ran, one for each thread with its states. Zoomed out, a row shows
// the shares of each interval; zoomed in, the longest events one by one. Only what is in sight is drawn.
const opened = performance.now();
const data = JSON.parse(document.getElementById("data").textContent);

function formatTime(ns) {
  if (ns < 1e5) return Math.round(ns).toLocaleString("en-US") + " ns";
  if (ns < 1e6) return (ns / 1e3).toFixed(1) + " µs";
  if (ns < 1e10) return (ns / 1e6).toFixed(2) + " ms";
  return (ns / 1e9).toFixed(2) + " s";
}

(function () {
  const ROW = 15, LANE = 20, AXIS = 26, FOLD_FROM = 17;
  // Where there is little room, most of it is the chart's.
  let LABELS = 210;
  // Drawn in this order: the later ones hide the earlier ones.
  const STATES = [
    ["java", "waits in Java", "#9aa5b1"], ["syscall", "in a system call", "#17a398"],
    ["on_cpu", "running", "#5c8a32"], ["blocked", "blocked", "#6d6fd6"],
    ["stopped", "at a safepoint", "#c2185b"], ["page_fault", "page fault", "#0097c4"],
    ["memory_stall", "memory stall", "#a1683a"], ["kernel_lock", "kernel lock", "#7b3fa0"],
    ["runnable", "runnable, not running", "#e4572e"],
    ["softirq", "softirq", "#c77d1e"], ["local_interrupt", "local interrupt", "#e0b84d"],
    ["hard_irq", "interrupt", "#d4a017"], ["nmi", "NMI", "#8e0038"], ["event", "the program's event", "#2e86de"],
  ];
  const ORDER = new Map(STATES.map(([key], i) => [key, i]));
  const COLOURS = new Map(STATES.map(([key, , colour]) => [key, colour]));
  const WORDS = new Map(STATES.map(([key, words]) => [key, words]));
  const chart = document.getElementById("chart");
  const canvas = chart.querySelector("canvas");
  const spacer = document.getElementById("spacer");
  const search = document.getElementById("search");
  const tip = document.getElementById("tip");
  const hues = new Map();
  let view = [0, data.duration];
  let mark = null;
  let scheduled = false;
  let lines = [];
  let height = 0;

  // Every task has a colour of its own, as far as colours go; idle has none.
  function taskColour(name) {
    if (!hues.has(name)) {
      let hash = 7;
      for (const c of name) hash = (hash * 31 + c.codePointAt(0)) >>> 0;
      hues.set(name, `hsl(${hash % 360} 52% 45%)`);
    }
    return hues.get(name);
  }

  const colour = (row) => row.task !== undefined ? taskColour(row.task) : COLOURS.get(row.state) || "#8d99ae";

  const GROUPS = [
    { name: "CPUs", of: (lane) => lane.kind === "cpu" },
    { name: "JVM", of: (lane) => lane.kind === "jvm" },
    { name: "Threads", of: (lane) => lane.kind === "thread" },
  ];
  for (const group of GROUPS) {
    group.lanes = data.lanes.filter(group.of);
    group.folded = group.name === "CPUs" && group.lanes.length >= FOLD_FROM;
  }
  for (const lane of data.lanes) {
    lane.stacked = lane.rows.filter((row) => row.task !== undefined || COLOURS.has(row.state))
      .sort((a, b) => (ORDER.get(a.state) ?? 99) - (ORDER.get(b.state) ?? 99));
  }

  // What there is to draw, line by line: a group's name, a lane, or one kind of event of an open lane.
  function layout() {
    const wanted = search.value.trim().toLowerCase();
    lines = [];
    let y = AXIS;
    const add = (line, size) => {
      lines.push({ ...line, y, size });
      y += size;
    };
    let found = 0;
    for (const group of GROUPS) {
      const lanes = group.lanes.filter((lane) => lane.name.toLowerCase().includes(wanted));
      found += lanes.length;
      if (lanes.length === 0) continue;
      add({ group, count: lanes.length }, LANE);
      if (group.folded && !wanted) continue;
      for (const lane of lanes) {
        add({ lane }, LANE);
        if (lane.open) for (const row of lane.rows) add({ lane, row }, ROW);
      }
    }
    height = y + 6;
    spacer.style.height = height + "px";
    document.getElementById("found").textContent = wanted ? found.toLocaleString("en-US") + " found" : "";
    refresh();
  }

  // The first line that reaches below a height.
  function firstBelow(y) {
    let low = 0, high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle].y + lines[middle].size <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const visible = () => Math.min(height, chart.clientHeight);
  const width = () => Math.max(1, canvas.clientWidth - LABELS);
  const toX = (time) => LABELS + (time - view[0]) / (view[1] - view[0]) * width();
  const toTime = (x) => view[0] + (x - LABELS) / width() * (view[1] - view[0]);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function clock(time) {
    const ns = data.startNs + time;
    const ms = data.startMs + Math.floor(ns / 1e6) + data.zoneSeconds * 1e3;
    const rest = String(Math.floor(ns % 1e6)).padStart(6, "0");
    return new Date(ms).toISOString().slice(11, 23) + rest;
  }

  function refresh() {
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(draw);
    }
  }

  function setView(from, to) {
    const length = Math.min(data.duration, Math.max(200, to - from));
    const start = Math.min(Math.max(0, from), data.duration - length);
    view = [start, start + length];
    refresh();
  }

  function zoom(factor, around) {
    setView(around - (around - view[0]) * factor, around + (view[1] - around) * factor);
  }

  let theme = {};

  function draw() {
    scheduled = false;
    theme = { ink: style("--ink"), dim: style("--dim"), line: style("--line"), lane: style("--lane"),
      panel: style("--panel"), fail: style("--fail") };
    LABELS = canvas.clientWidth < 560 ? 120 : 210;
    const ratio = window.devicePixelRatio || 1;
    const shown = visible();
    canvas.style.height = shown + "px";
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(shown * ratio);
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.textBaseline = "middle";
    g.clearRect(0, 0, canvas.clientWidth, shown);
    const top = chart.scrollTop;
    for (let i = firstBelow(top + AXIS); i < lines.length && lines[i].y < top + shown; i++) {
      drawLine(g, lines[i], lines[i].y - top);
    }
    g.fillStyle = theme.panel;
    g.fillRect(0, 0, canvas.clientWidth, AXIS);
    axis(g, shown);
    if (mark !== null) {
      g.strokeStyle = theme.fail;
      g.setLineDash([4, 3]);
      g.beginPath();
      g.moveTo(toX(mark), AXIS);
      g.lineTo(toX(mark), shown);
      g.stroke();
      g.setLineDash([]);
    }
    document.getElementById("window").textContent =
      clock(view[0]) + " + " + formatTime(view[1] - view[0]);
  }

  function drawLine(g, line, y) {
    g.font = (line.row ? "" : "600 ") + "11px system-ui, sans-serif";
    if (line.group) {
      g.fillStyle = theme.lane;
      g.fillRect(0, y, canvas.clientWidth, LANE - 2);
      g.fillStyle = theme.ink;
      g.fillText((line.group.folded ? "▸ " : "▾ ") + line.group.name + " (" + line.count.toLocaleString("en-US") + ")",
        8, y + LANE / 2 - 1);
      return;
    }
    const narrow = LABELS < 200;
    if (line.row) {
      label(g, line.row.task === undefined ? line.row.type : line.row.task, narrow ? 16 : 30, y + ROW / 2,
        LABELS - (narrow ? 62 : 88), theme.dim);
      g.textAlign = "right";
      // Of what was below the threshold only the longest few are there, which are no count.
      const count = line.row.count;
      g.fillText(count > 0 ? count.toLocaleString("en-US") : "longest " + line.row.slices.length / 4, LABELS - 8, y + ROW / 2);
      g.textAlign = "left";
    } else {
      label(g, (line.lane.open ? "▾ " : "▸ ") + line.lane.name, narrow ? 8 : 16, y + LANE / 2, LABELS - (narrow ? 14 : 24), theme.ink);
    }
    g.save();
    g.beginPath();
    g.rect(LABELS, y, width(), line.size);
    g.clip();
    g.font = "11px system-ui, sans-serif";
    if (line.row) drawRows(g, [line.row], y + 1, ROW - 3);
    else drawRows(g, line.lane.stacked, y + 2, LANE - 4);
    g.restore();
  }

  function label(g, text, x, y, room, ink) {
    g.save();
    g.beginPath();
    g.rect(x, y - 9, Math.max(0, room), 18);
    g.clip();
    g.fillStyle = ink;
    g.fillText(text, x, y);
    g.restore();
  }

  // In the unit of the step, with the decimals that tell one from the next.
  function tick(t, step) {
    const [unit, name] = [[1e9, " s"], [1e6, " ms"], [1e3, " µs"], [1, " ns"]]
      .find(([u]) => step >= u || u === 1);
    const digits = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
    return (t / unit).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + name;
  }

  function axis(g, shown) {
    const span = view[1] - view[0];
    const rough = span / Math.max(2, width() / 130);
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    g.font = "11px system-ui, sans-serif";
    g.strokeStyle = theme.line;
    g.fillStyle = theme.dim;
    for (let t = Math.ceil(view[0] / step) * step; t <= view[1]; t += step) {
      const x = toX(t);
      g.beginPath();
      g.moveTo(x, AXIS - 6);
      g.lineTo(x, shown);
      g.globalAlpha = 0.5;
      g.stroke();
      g.globalAlpha = 1;
      const label = "+" + tick(t, step);
      if (x + 3 + g.measureText(label).width < canvas.clientWidth) g.fillText(label, x + 3, 11);
    }
  }

  // How much of each interval each row took, one on top of the other; then the longest one by one. What the program
  // says of itself is a line below: it happens beside the states, not instead of them.
  function drawRows(g, rows, y, size) {
    const length = data.duration / data.intervals;
    const first = Math.floor(view[0] / length), last = Math.floor(view[1] / length);
    const used = new Map();
    for (const row of rows) {
      const beside = row.state === "event" && rows.length > 1;
      g.fillStyle = colour(row);
      for (let i = from(row.bins, first); i < row.bins.length && row.bins[i] <= last; i += 4) {
        const x = toX(row.bins[i] * length);
        const w = Math.max(1, toX((row.bins[i] + 1) * length) - x);
        const share = Math.min(1, row.bins[i + 2] / length);
        if (beside) {
          g.globalAlpha = 0.35 + 0.65 * share;
          g.fillRect(x, y + size - 3, w, 3);
          continue;
        }
        const below = used.get(row.bins[i]) || 0;
        // What took no time at all is a light touch.
        const h = Math.max(share > 0 ? 1 : 0, share * size);
        g.globalAlpha = share > 0 ? 0.6 : 0.25;
        g.fillRect(x, y + size - Math.min(size, below + Math.max(1, h)), w, Math.max(1, h));
        used.set(row.bins[i], Math.min(size, below + h));
      }
      g.globalAlpha = 1;
    }
    for (const row of rows) longest(g, row, y, size, row.state === "event" && rows.length > 1);
  }

  // The first bin, of four numbers each, that is not before an interval.
  function from(bins, interval) {
    let low = 0, high = bins.length / 4;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bins[4 * middle] < interval) low = middle + 1;
      else high = middle;
    }
    return 4 * low;
  }

  function longest(g, row, y, size, beside) {
    g.fillStyle = colour(row);
    for (let i = 0; i < row.slices.length; i += 4) {
      const start = row.slices[i], end = start + row.slices[i + 1];
      if (end < view[0] || start > view[1]) continue;
      const x = Math.max(LABELS - 2, toX(start));
      const w = Math.min(toX(end), canvas.clientWidth) - x;
      if (row.slices[i + 1] === 0) {
        g.fillRect(x - 1, y, 2, size);
        continue;
      }
      // Narrower ones are in the shares.
      if (w < 1.5 && row.bins.length > 0) continue;
      if (beside) {
        g.fillRect(x, y + size - 3, Math.max(1, w - 0.5), 3);
        continue;
      }
      g.fillRect(x, y, Math.max(1, w - 0.5), size);
      if (w > 60) {
        g.save();
        g.beginPath();
        g.rect(x, y, w, size);
        g.clip();
        g.fillStyle = "#fff";
        g.fillText(data.texts[row.slices[i + 2]], x + 4, y + size / 2 + 0.5);
        g.restore();
        g.fillStyle = colour(row);
      }
    }
  }

  function lineAt(y) {
    const line = y < AXIS ? null : lines[firstBelow(y + chart.scrollTop)];
    return line && y + chart.scrollTop >= line.y ? line : null;
  }

  function describe(x, y) {
    const line = lineAt(y);
    if (!line || line.group) return null;
    if (x < LABELS) return line.lane.name + (line.row ? " · " + line.row.type : "\nclick: its events by kind");
    const rows = line.row ? [line.row] : line.lane.stacked;
    const from = toTime(x - 2), to = toTime(x + 2);
    let best = null;
    // The one on top, which is drawn last; of one row the longest.
    for (const row of rows) {
      let hit = -1;
      for (let i = 0; i < row.slices.length; i += 4) {
        const touches = row.slices[i] <= to && row.slices[i] + row.slices[i + 1] >= from;
        if (touches && (hit < 0 || row.slices[i + 1] > row.slices[hit + 1])) hit = i;
      }
      if (hit >= 0) best = { row, at: hit };
    }
    const title = (row) => line.lane.name + " · " + (row.task !== undefined ? "ran" : WORDS.get(row.state) || row.type) + "\n";
    if (best) {
      const [start, length, name, details] = best.row.slices.slice(best.at, best.at + 4);
      return title(best.row) + data.texts[name] + (length > 0 ? ", " + formatTime(length) : "") + "\n"
        + clock(start) + (data.texts[details] ? "\n" + data.texts[details] : "");
    }
    return interval(rows, line.lane.name + "\n", toTime(x));
  }

  function interval(rows, title, time) {
    const length = data.duration / data.intervals;
    const wanted = Math.floor(time / length);
    const found = [];
    for (const row of rows) {
      const i = from(row.bins, wanted);
      if (row.bins[i] !== wanted) continue;
      found.push((row.task !== undefined ? row.task : row.type) + ": " + row.bins[i + 1].toLocaleString("en-US") + " in "
        + formatTime(length) + ", " + formatTime(row.bins[i + 2]) + " in all, longest " + formatTime(row.bins[i + 3]));
    }
    return found.length > 0 ? title + found.join("\n") + "\n" + clock(wanted * length) : null;
  }

  function legend() {
    const used = new Set(data.lanes.flatMap((lane) => lane.rows.map((row) => row.state)));
    const box = document.getElementById("legend");
    for (const [key, words, colour] of STATES) {
      if (!used.has(key)) continue;
      const item = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.style.background = colour;
      item.append(swatch, words);
      box.append(item);
    }
  }

  function toggle(line) {
    if (line.group) line.group.folded = !line.group.folded;
    else line.lane.open = !line.lane.open;
    layout();
  }

  /** Scrolls to a thread's lane. */
  function reveal(thread) {
    const lane = thread && data.lanes.find((one) => one.thread === Number(thread));
    if (!lane) return;
    if (!lane.name.toLowerCase().includes(search.value.trim().toLowerCase())) search.value = "";
    GROUPS.find((group) => group.of(lane)).folded = false;
    layout();
    chart.scrollTop = lines.find((line) => line.lane === lane).y - 2 * AXIS;
  }

  let drag = null;
  // The wheel scrolls the lanes, as it does any list; with Ctrl or Shift, or over the axis, it zooms.
  canvas.addEventListener("wheel", (e) => {
    if (e.offsetX < LABELS || !(e.ctrlKey || e.shiftKey || e.offsetY < AXIS || height <= chart.clientHeight)) return;
    e.preventDefault();
    if (!e.shiftKey && Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      const move = e.deltaX / width() * (view[1] - view[0]);
      setView(view[0] + move, view[1] + move);
    } else {
      zoom(Math.exp((e.deltaY || e.deltaX) * 0.002), toTime(e.offsetX));
    }
  }, { passive: false });
  canvas.addEventListener("pointerdown", (e) => {
    const line = lineAt(e.offsetY);
    if (line && (line.group || e.offsetX < LABELS)) {
      toggle(line);
      return;
    }
    drag = { x: e.offsetX, view: view.slice() };
    canvas.setPointerCapture(e.pointerId);
    canvas.classList.add("panning");
  });
  canvas.addEventListener("pointerup", () => {
    drag = null;
    canvas.classList.remove("panning");
  });
  canvas.addEventListener("dblclick", (e) => zoom(0.25, toTime(e.offsetX)));
  canvas.addEventListener("pointerleave", () => { tip.style.display = "none"; });
  canvas.addEventListener("pointermove", (e) => {
    if (drag) {
      const move = (drag.x - e.offsetX) / width() * (drag.view[1] - drag.view[0]);
      setView(drag.view[0] + move, drag.view[1] + move);
    }
    const text = drag ? null : describe(e.offsetX, e.offsetY);
    tip.style.display = text ? "block" : "none";
    if (text) {
      tip.textContent = text;
      tip.style.left = Math.min(e.clientX + 14, innerWidth - tip.offsetWidth - 12) + "px";
      tip.style.top = Math.min(e.clientY + 14, innerHeight - tip.offsetHeight - 12) + "px";
    }
  });
  canvas.addEventListener("keydown", (e) => {
    const span = view[1] - view[0], middle = (view[0] + view[1]) / 2;
    const actions = {
      "+": () => zoom(0.5, middle), "-": () => zoom(2, middle), "0": () => setView(0, data.duration),
      ArrowLeft: () => setView(view[0] - span / 5, view[1] - span / 5),
      ArrowRight: () => setView(view[0] + span / 5, view[1] + span / 5),
    };
    if (actions[e.key]) {
      e.preventDefault();
      actions[e.key]();
    }
  });
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const middle = (view[0] + view[1]) / 2;
      if (button.dataset.zoom === "all") setView(0, data.duration);
      else zoom(button.dataset.zoom === "in" ? 0.4 : 2.5, middle);
    });
  }
  search.addEventListener("input", layout);
  chart.addEventListener("scroll", refresh);
  document.getElementById("open").addEventListener("click", () => {
    const open = !data.lanes.some((lane) => lane.open);
    for (const lane of data.lanes) lane.open = open;
    layout();
  });
  for (const link of document.querySelectorAll("[data-at]")) {
    link.addEventListener("click", () => {
      const at = Number(link.dataset.at), length = Math.max(1000, Number(link.dataset.length));
      mark = at;
      setView(at - 2 * length, at + 3 * length);
      reveal(link.dataset.thread);
    });
  }
  addEventListener("resize", () => setView(view[0], view[1]));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
  legend();
  layout();
  draw();
  chart.dataset.lanes = data.lanes.length;
  chart.dataset.millis = Math.round(performance.now() - opened);
})();
