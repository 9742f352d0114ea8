"use strict";
(() => {
  const plot = document.getElementById("plot");
  const scroll = document.getElementById("scroll");
  const tip = document.getElementById("tip");
  const cursor = document.getElementById("cursor");
  const start = Number(scroll.dataset.start);
  const seconds = Number(scroll.dataset.seconds);
  let zoom = 1;

  // Hour marks as dense as there is room, names in bars as long as they fit.
  const fit = () => {
    const hour = plot.clientWidth / (seconds / 3600);
    const room = 24;
    const shown = { h1: hour >= room, h3: hour * 3 >= room, h6: hour * 6 >= room,
                    h12: hour * 12 >= room, midnight: true };
    for (const [kind, visible] of Object.entries(shown)) {
      for (const tick of plot.querySelectorAll(".tick." + kind)) {
        tick.style.display = visible ? "" : "none";
        tick.lastElementChild.style.display = hour * 24 >= 2 * room ? "" : "none";
      }
    }
    let free = -1;
    for (const date of plot.querySelectorAll("text.date")) {
      date.style.visibility = "";
      date.dataset.long ??= date.textContent;
      date.textContent = hour * 24 < 130 ? date.dataset.short : date.dataset.long;
      const box = date.getBoundingClientRect();
      const left = box.left - plot.getBoundingClientRect().left;
      if (left < free) date.style.visibility = "hidden";
      else free = left + box.width + 8;
    }
    for (const text of plot.querySelectorAll(".bar text")) {
      text.dataset.long ??= text.textContent;
      const width = text.parentNode.querySelector(".booked").getBoundingClientRect().width - 8;
      text.textContent = text.dataset.long;
      text.style.display = "";  // what is not displayed has no length
      if (text.getComputedTextLength() > width) text.textContent = text.dataset.short;
      text.style.display = text.getComputedTextLength() > width ? "none" : "";
    }
  };

  const zoomTo = (factor, x = scroll.clientWidth / 2) => {
    const share = (scroll.scrollLeft + x) / plot.clientWidth;
    zoom = Math.min(Math.max(factor, 1), Math.max(24, seconds / 3600));
    plot.style.width = zoom * 100 + "%";
    scroll.scrollLeft = share * plot.clientWidth - x;
    fit();
  };

  const step = { in: () => zoomTo(zoom * 1.6), out: () => zoomTo(zoom / 1.6), fit: () => zoomTo(1) };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", step[button.dataset.zoom]);
  }
  document.addEventListener("keydown", (event) => {
    const action = { "+": "in", "=": "in", "-": "out", "0": "fit" }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) step[action]();
    if (event.key === "Escape") tip.hidden = true;
  });
  scroll.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const x = event.clientX - scroll.getBoundingClientRect().left;
    zoomTo(zoom * Math.exp(-event.deltaY / 300), x);
  }, { passive: false });

  document.querySelector("[data-theme-switch]").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });

  const show = (text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + "px";
  };
  for (const one of plot.querySelectorAll(".bar, .obstacle")) {
    const title = one.querySelector("title");
    const text = title.textContent;
    title.remove();  // else the browser's own tip comes beside ours
    one.setAttribute("aria-label", text);
    one.addEventListener("mousemove", (event) => {
      show(text, event.clientX, event.clientY);
      event.stopPropagation();
    });
    one.addEventListener("mouseleave", () => { tip.hidden = true; });
    one.addEventListener("focus", () => {
      const box = one.getBoundingClientRect();
      show(text, box.left, box.bottom - 10);
    });
    one.addEventListener("blur", () => { tip.hidden = true; });
  }
  plot.addEventListener("mousemove", (event) => {
    const box = plot.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, share * 100 + "%");
    cursor.setAttribute("visibility", "visible");
    const moment = new Date(start + share * seconds * 1000).toISOString().slice(0, 19);
    show(moment.replace("T", " ") + " UTC", event.clientX, event.clientY);
  });
  plot.addEventListener("mouseleave", () => {
    cursor.setAttribute("visibility", "hidden");
    tip.hidden = true;
  });
  addEventListener("resize", fit);
  fit();
})();
