"use strict";
// Draws the timeline: intervals with how much happened in them, and the longest events one by one.
const data = JSON.parse(document.getElementById("data").textContent);

function formatTime(ns) {
  if (ns < 1e5) return Math.round(ns).toLocaleString("en-US") + " ns";
  if (ns < 1e6) return (ns / 1e3).toFixed(1) + " µs";
  if (ns < 1e10) return (ns / 1e6).toFixed(2) + " ms";
  return (ns / 1e9).toFixed(2) + " s";
}

(function () {
  const ROW = 15, HEAD = 19, AXIS = 26;
  // Where there is little room, most of it is the chart's.
  let LABELS = 210;
  const KNOWN = { "Run queue wait": "#e4572e", "Context switch": "#8d99ae", "Migration": "#7b5ea7" };
  const PALETTE = ["#2e86de", "#17a398", "#d4a017", "#c2185b", "#5c8a32",
    "#0097c4", "#a1683a", "#6d6fd6", "#3c9d6e"];
  const chart = document.getElementById("chart");
  const canvas = chart.querySelector("canvas");
  const tip = document.getElementById("tip");
  const colours = new Map();
  const rows = [];
  let view = [0, data.duration];
  let mark = null;
  let scheduled = false;

  function layout() {
    let y = AXIS;
    for (const lane of data.lanes) {
      lane.y = y;
      y += HEAD;
      for (const row of lane.rows) {
        if (!colours.has(row.type)) {
          colours.set(row.type, KNOWN[row.type] || PALETTE[colours.size % PALETTE.length]);
        }
        row.y = y;
        row.lane = lane;
        rows.push(row);
        y += ROW;
      }
      y += 5;
    }
    canvas.style.height = y + "px";
    const legend = document.getElementById("legend");
    for (const [type, colour] of colours) {
      const item = document.createElement("span");
      const box = document.createElement("i");
      box.style.background = colour;
      item.append(box, type);
      legend.append(item);
    }
    return y;
  }

  const height = layout();
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

  function setView(from, to) {
    const length = Math.min(data.duration, Math.max(200, to - from));
    const start = Math.min(Math.max(0, from), data.duration - length);
    view = [start, start + length];
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(draw);
    }
  }

  function zoom(factor, around) {
    setView(around - (around - view[0]) * factor, around + (view[1] - around) * factor);
  }

  function draw() {
    scheduled = false;
    LABELS = canvas.clientWidth < 560 ? 120 : 210;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(height * ratio);
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.font = "11px system-ui, sans-serif";
    g.textBaseline = "middle";
    g.clearRect(0, 0, canvas.clientWidth, height);
    axis(g);
    for (const lane of data.lanes) {
      g.fillStyle = style("--lane");
      g.fillRect(0, lane.y, canvas.clientWidth, HEAD - 3);
      g.fillStyle = style("--ink");
      g.font = "600 11px system-ui, sans-serif";
      g.fillText(lane.name, 8, lane.y + HEAD / 2 - 1, LABELS - 14);
      g.font = "11px system-ui, sans-serif";
      for (const row of lane.rows) drawRow(g, row);
    }
    if (mark !== null) {
      g.strokeStyle = style("--fail");
      g.setLineDash([4, 3]);
      g.beginPath();
      g.moveTo(toX(mark), AXIS);
      g.lineTo(toX(mark), height);
      g.stroke();
      g.setLineDash([]);
    }
    document.getElementById("window").textContent =
      clock(view[0]) + " + " + formatTime(view[1] - view[0]);
  }

  // In the unit of the step, with the decimals that tell one from the next.
  function tick(t, step) {
    const [unit, name] = [[1e9, " s"], [1e6, " ms"], [1e3, " µs"], [1, " ns"]]
      .find(([u]) => step >= u || u === 1);
    const digits = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
    return (t / unit).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + name;
  }

  function axis(g) {
    const span = view[1] - view[0];
    const rough = span / Math.max(2, width() / 130);
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    g.strokeStyle = style("--line");
    g.fillStyle = style("--dim");
    for (let t = Math.ceil(view[0] / step) * step; t <= view[1]; t += step) {
      const x = toX(t);
      g.beginPath();
      g.moveTo(x, AXIS - 6);
      g.lineTo(x, height);
      g.stroke();
      const label = "+" + tick(t, step);
      if (x + 3 + g.measureText(label).width < canvas.clientWidth) g.fillText(label, x + 3, 11);
    }
  }

  function drawRow(g, row) {
    g.fillStyle = style("--dim");
    g.fillText(row.type, LABELS < 200 ? 10 : 20, row.y + ROW / 2, LABELS - (LABELS < 200 ? 56 : 78));
    g.textAlign = "right";
    // Of what was below the threshold only the longest few are there, which are no count.
    const known = row.count > 0 ? row.count.toLocaleString("en-US") : "longest " + row.slices.length / 4;
    g.fillText(known, LABELS - 8, row.y + ROW / 2);
    g.textAlign = "left";
    g.save();
    g.beginPath();
    g.rect(LABELS, row.y, width(), ROW);
    g.clip();
    g.fillStyle = colours.get(row.type);
    intervals(g, row);
    longest(g, row);
    g.restore();
  }

  // The more of an interval is taken, the stronger its colour; what took no time is a light touch.
  function intervals(g, row) {
    const length = data.duration / data.intervals;
    for (let i = 0; i < row.bins.length; i += 4) {
      const start = row.bins[i] * length;
      if (start + length < view[0] || start > view[1]) continue;
      const x = toX(start);
      g.globalAlpha = 0.15 + 0.55 * Math.min(1, row.bins[i + 2] / length);
      g.fillRect(x, row.y + 3, Math.max(1, toX(start + length) - x), ROW - 6);
    }
    g.globalAlpha = 1;
  }

  function longest(g, row) {
    const ink = style("--ink");
    for (let i = 0; i < row.slices.length; i += 4) {
      const start = row.slices[i], end = start + row.slices[i + 1];
      if (end < view[0] || start > view[1]) continue;
      const x = Math.max(LABELS - 2, toX(start));
      const w = Math.min(toX(end), canvas.clientWidth) - x;
      if (row.slices[i + 1] === 0) {
        g.fillRect(x - 1, row.y + 1, 2, ROW - 3);
        continue;
      }
      g.fillRect(x, row.y + 1, Math.max(1, w - 0.5), ROW - 3);
      if (w > 60) {
        g.save();
        g.beginPath();
        g.rect(x, row.y, w, ROW);
        g.clip();
        g.fillStyle = "#fff";
        g.fillText(data.texts[row.slices[i + 2]], x + 4, row.y + ROW / 2);
        g.restore();
        g.fillStyle = colours.get(row.type);
      }
    }
  }

  function describe(x, y) {
    const row = rows.find((r) => y >= r.y && y < r.y + ROW);
    if (!row || x < LABELS) return null;
    const title = row.lane.name + " · " + row.type + "\n";
    const from = toTime(x - 2), to = toTime(x + 2);
    let best = -1;
    for (let i = 0; i < row.slices.length; i += 4) {
      const hit = row.slices[i] <= to && row.slices[i] + row.slices[i + 1] >= from;
      if (hit && (best < 0 || row.slices[i + 1] > row.slices[best + 1])) best = i;
    }
    if (best >= 0) {
      const [start, length, name, details] = row.slices.slice(best, best + 4);
      return title + data.texts[name] + (length > 0 ? ", " + formatTime(length) : "") + "\n"
        + clock(start) + (data.texts[details] ? "\n" + data.texts[details] : "");
    }
    return interval(row, title, toTime(x));
  }

  function interval(row, title, time) {
    const length = data.duration / data.intervals;
    const wanted = Math.floor(time / length);
    for (let i = 0; i < row.bins.length; i += 4) {
      if (row.bins[i] === wanted) {
        return title + row.bins[i + 1].toLocaleString("en-US") + " in " + formatTime(length)
          + ", " + formatTime(row.bins[i + 2]) + " in all, longest " + formatTime(row.bins[i + 3])
          + "\n" + clock(wanted * length);
      }
    }
    return null;
  }

  let drag = null;
  canvas.addEventListener("wheel", (e) => {
    if (e.offsetX < LABELS) return;
    e.preventDefault();
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      const move = e.deltaX / width() * (view[1] - view[0]);
      setView(view[0] + move, view[1] + move);
    } else {
      zoom(Math.exp(e.deltaY * 0.002), toTime(e.offsetX));
    }
  }, { passive: false });
  canvas.addEventListener("pointerdown", (e) => {
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
  for (const link of document.querySelectorAll("[data-at]")) {
    link.addEventListener("click", () => {
      const at = Number(link.dataset.at), length = Math.max(1000, Number(link.dataset.length));
      mark = at;
      setView(at - 2 * length, at + 3 * length);
    });
  }
  addEventListener("resize", () => setView(view[0], view[1]));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
