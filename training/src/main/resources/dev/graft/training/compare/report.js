"use strict";
(() => {
  const methods = JSON.parse(document.getElementById("data").textContent).methods;

  // Okabe and Ito's palette without its yellow, told apart by people of any colour vision; shapes and dashes tell methods
  // apart without colour, on paper too.
  const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
  const SHAPES = ["circle", "triangle", "rect", "rectRot", "star", "crossRot", "cross"];
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5]];
  const colour = (i) => COLOURS[(i + 3 * Math.floor(i / SHAPES.length)) % COLOURS.length]; // no pair of shape and colour twice
  const look = (i) => ({
    borderColor: colour(i),
    backgroundColor: colour(i),
    pointStyle: SHAPES[i % SHAPES.length],
    borderDash: DASHES[i % DASHES.length],
  });
  const title = (text) => ({ display: true, text, font: { size: 14 } });

  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.devicePixelRatio = Math.max(2, window.devicePixelRatio || 1); // sharp on paper
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = "#1a1a1a";
  Chart.defaults.scale.grid.color = "#e3e3e3";

  // Small numbers in full, large ones as 10k, 2M.
  const short = (n) => (n >= 1e6 ? n / 1e6 + "M" : n >= 1e3 ? n / 1e3 + "k" : String(n));

  /** Writes each method's name beside its point, at the first of eight places where it covers nothing. */
  const names = {
    id: "names",
    afterDatasetsDraw(chart) {
      const { ctx, chartArea: area } = chart;
      const points = chart.data.datasets
        .map((set, i) => (set.named ? { name: set.label, at: chart.getDatasetMeta(i).data[0] } : null))
        .filter(Boolean);
      const taken = points.map(({ at }) => ({ l: at.x - 7, r: at.x + 7, t: at.y - 7, b: at.y + 7 }));
      ctx.save();
      ctx.font = "13px " + Chart.defaults.font.family;
      ctx.fillStyle = Chart.defaults.color;
      ctx.textBaseline = "middle";
      for (const { name, at } of points) {
        const w = ctx.measureText(name).width;
        const places = [[12, 0], [-12 - w, 0], [-w / 2, -17], [-w / 2, 17], [10, -14], [10, 14], [-10 - w, -14], [-10 - w, 14]];
        for (const [dx, dy] of places) {
          const box = { l: at.x + dx - 2, r: at.x + dx + w + 2, t: at.y + dy - 8, b: at.y + dy + 8 };
          const inside = box.l > area.left && box.r < area.right && box.t > area.top && box.b < area.bottom;
          if (inside && !taken.some((o) => box.l < o.r && box.r > o.l && box.t < o.b && box.b > o.t)) {
            taken.push(box);
            ctx.fillText(name, at.x + dx, at.y + dy);
            break;
          }
        }
      }
      ctx.restore();
    },
  };

  /** Writes each bar's value at its end. */
  const values = {
    id: "values",
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = "12px " + Chart.defaults.font.family;
      ctx.fillStyle = Chart.defaults.color;
      ctx.textBaseline = "middle";
      chart.getDatasetMeta(0).data.forEach((bar, i) => {
        ctx.fillText(chart.data.datasets[0].shown[i], bar.x + 5, bar.y);
      });
      ctx.restore();
    },
  };

  const legend = {
    position: "bottom",
    labels: { usePointStyle: true, pointStyleWidth: 18, padding: 14, filter: (item) => !item.text.startsWith("\u0000") },
  };

  function accuracy() {
    const shown = methods.map((method, i) => ({ ...method, i })).filter((method) => method.parameters > 0);
    const bars = shown.filter((m) => m.deviation > 0).map((m) => ({
      label: "\u0000", showLine: true, borderWidth: 1.5, pointRadius: 5, pointStyle: "line", pointHitRadius: 0,
      borderColor: "#1a1a1a", order: 0,
      data: [{ x: m.parameters, y: m.accuracy - m.deviation }, { x: m.parameters, y: m.accuracy + m.deviation }],
    }));
    const means = shown.map((m) => ({
      ...look(m.i), label: m.name, named: true, order: 1, pointRadius: 7, borderWidth: 2, borderDash: [],
      data: [{ x: m.parameters, y: m.accuracy }],
    }));
    const all = shown.map((m) => m.parameters);
    const least = Math.min(...all) / 2;
    const most = Math.max(...all) * 2;
    const untrained = methods.filter((method) => method.parameters === 0).map((method) => method.name);
    if (untrained.length > 0) {
      document.getElementById("untrained").textContent = " Not shown, as nothing was trained: " + untrained.join(", ") + ".";
    }
    new Chart("accuracy", {
      type: "scatter",
      data: { datasets: [...means, ...bars] },
      plugins: [names],
      options: {
        plugins: {
          legend,
          tooltip: {
            filter: (item) => item.dataset.named,
            callbacks: { label: (item) => `${item.dataset.label}: ${item.parsed.y.toFixed(1)} %, ${item.parsed.x.toLocaleString("en")} parameters` },
          },
        },
        scales: {
          x: {
            type: "logarithmic", min: least, max: most, title: title("trained parameters"),
            afterBuildTicks(axis) {
              const wide = Math.log10(most / least) > 2;
              const ticks = [];
              for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
                for (const m of wide ? [1, 3] : [1, 2, 5]) {
                  const value = m * 10 ** power;
                  if (value >= least && value <= most) ticks.push({ value });
                }
              }
              axis.ticks = ticks;
            },
            ticks: { callback: short, autoSkip: false, maxRotation: 0 },
          },
          y: {
            grace: "12%", title: title("accuracy, %"),
            afterDataLimits(axis) {
              axis.min = Math.max(0, axis.min);
              axis.max = Math.min(100, axis.max);
            },
          },
        },
      },
    });
  }

  function losses() {
    new Chart("losses", {
      type: "line",
      data: {
        datasets: methods.map((method, i) => {
          const every = Math.max(1, Math.floor(method.losses.length / 8));
          const offset = Math.floor((i * every) / methods.length); // markers of different lines do not cover each other
          return {
            ...look(i), label: method.name, borderWidth: 2, tension: 0,
            data: method.losses.map(([x, y]) => ({ x, y })),
            pointRadius: (point) => (point.dataIndex % every === offset ? 5 : 0),
            pointHitRadius: 4,
          };
        }),
      },
      options: {
        plugins: { legend, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${item.parsed.y.toFixed(3)} at step ${item.parsed.x}`, title: () => "" } } },
        scales: {
          x: { type: "linear", title: title("step"), min: 0 },
          y: { title: title("loss"), beginAtZero: false },
        },
      },
    });
  }

  function bars(id, text, key, digits) {
    const canvas = document.getElementById(id);
    canvas.parentElement.style.height = 90 + 30 * methods.length + "px";
    const format = (n) => n < 0 ? "unknown" : n.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    new Chart(canvas, {
      type: "bar",
      data: {
        labels: methods.map((method) => method.name),
        datasets: [{
          data: methods.map((method) => Math.max(0, method[key])),
          shown: methods.map((method) => format(method[key])),
          backgroundColor: methods.map((_, i) => colour(i)),
          barPercentage: 0.7,
        }],
      },
      plugins: [values],
      options: {
        indexAxis: "y",
        plugins: { legend: { display: false }, title: title(text), tooltip: { callbacks: { label: (item) => item.dataset.shown[item.dataIndex] } } },
        scales: { x: { beginAtZero: true, grace: "18%", ticks: { maxTicksLimit: 6, maxRotation: 0 } }, y: { grid: { display: false }, ticks: { autoSkip: false } } },
      },
    });
  }

  accuracy();
  losses();
  bars("seconds", "training time, s", "seconds", 1);
  bars("memory", "peak memory, MiB", "memory", 0);
  bars("latency", "latency of one row, ms", "latency", 2);

  // A page on paper is narrower than the window.
  const resize = () => Object.values(Chart.instances).forEach((chart) => chart.resize());
  window.addEventListener("beforeprint", resize);
  window.addEventListener("afterprint", resize);
})();
