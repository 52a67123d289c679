// Draws the figures that the server has put into [data-figure], each when it comes near the screen. The same numbers stand as a table
// beside each, so a drawn figure is hidden from those who listen.
(() => {
  "use strict";
  const VIETNAMESE = {
    moduleType: "locale",
    name: "vi",
    dictionary: {},
    format: {
      days: ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"],
      shortDays: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
      months: Array.from({ length: 12 }, (_, month) => `Tháng ${month + 1}`),
      shortMonths: Array.from({ length: 12 }, (_, month) => `Th${month + 1}`),
      date: "%d/%m/%Y",
    },
  };
  const language = document.documentElement.lang;
  const NARROW = 300;
  let loading = null;

  const load = (source) => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  };

  const draw = async (place) => {
    const figure = JSON.parse(place.dataset.figure);
    figure.layout.separators = language === "en" ? ".," : ",.";
    // Where every label of the axis would not fit, every other one does.
    const axis = figure.layout.xaxis;
    if (axis.tickvals && place.clientWidth < NARROW) { axis.tickvals = axis.tickvals.filter((_, number) => number % 2 === 0); }
    try {
      await load(place.dataset.source);
      window.Plotly.register(VIETNAMESE);
      await window.Plotly.newPlot(place, figure.data, figure.layout, { displayModeBar: false, responsive: true, locale: language });
      place.classList.add("is-drawn");
      place.setAttribute("aria-hidden", "true");
    } catch {
      place.textContent = place.dataset.failed;
    }
  };

  const watch = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      watch.unobserve(entry.target);
      draw(entry.target);
    });
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-figure]").forEach((place) => watch.observe(place));

  // Paper is narrower than the screen: a drawn figure takes the paper's measure and then its own again.
  const PAPER = { width: 660, height: 250, autosize: false };
  const own = (place) => ({ width: null, height: JSON.parse(place.dataset.figure).layout.height, autosize: true });
  const fit = (size) => document.querySelectorAll(".is-drawn").forEach((place) => window.Plotly.relayout(place, size(place)));
  window.addEventListener("beforeprint", () => fit(() => PAPER));
  window.addEventListener("afterprint", () => fit(own));
})();
