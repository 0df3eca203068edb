"use strict";
// The run viewer: a ladder, the state diagrams, variables and channels of one run, moved together.
// Without it, the page shows the whole ladder and the steps in words.
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  function element(kind, text, className) {
    const made = document.createElement(kind);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  class Viewer {
    constructor(section) {
      this.section = section;
      this.data = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
      this.items = [...section.querySelectorAll(".steps li")];
      for (const item of this.items) item.removeAttribute("id"); // `follow` goes to the viewer
      this.last = this.items.length - 1;
      this.step = null; // the whole run
      this.figure = section.querySelector("figure");
      this.build();
    }

    // --- what there is to see ---

    build() {
      const pieces = document.getElementById("viewer").content.cloneNode(true);
      const name = this.section.getAttribute("aria-label");
      this.controls = pieces.querySelector(".controls");
      this.controls.setAttribute("aria-label", `Steps of ${name}`);
      this.buttons = Object.fromEntries(
        [...pieces.querySelectorAll("button")].map((one) => [one.dataset.go, one]));
      for (const [go, button] of Object.entries(this.buttons)) {
        button.addEventListener("click", () => this.go(go));
      }
      this.slider = pieces.querySelector("input");
      this.slider.max = this.last;
      this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
      this.count = pieces.querySelector(".count");
      this.status = pieces.querySelector(".now");
      this.stage = element("div", undefined, "stage");
      this.figure.replaceWith(pieces, this.stage);
      this.stage.append(this.figure);
      this.section.addEventListener("keydown", (event) => this.key(event));
      this.refresh();
    }

    // Panels are made when somebody steps for the first time: there may be many runs.
    open() {
      this.panels = element("div", undefined, "panels");
      this.instances = this.data.instances.map((instance) => this.panel(instance));
      this.channels = element("div", undefined, "panel");
      if (this.data.channels.length) this.panels.append(this.channels);
      this.stage.append(this.panels);
      const svg = this.figure.querySelector("svg");
      if (svg) this.curtain(svg);
    }

    panel(instance) {
      const panel = element("div", undefined, "panel");
      const head = element("h5");
      const original = document.querySelector(`[id="${instance.diagram}.figure"] svg`);
      const table = element("table");
      panel.append(head);
      const shown = { head, table, parts: new Map(), svg: null };
      if (original) {
        shown.svg = original.cloneNode(true);
        for (const part of [shown.svg, ...shown.svg.querySelectorAll("[id]")]) {
          shown.parts.set(part.id.slice(instance.diagram.length + 1), part);
          part.removeAttribute("id");
        }
        shown.svg.removeAttribute("aria-labelledby");
        panel.append(shown.svg);
      }
      if (instance.variables.length) panel.append(table);
      this.panels.append(panel);
      return shown;
    }

    // What has not happened yet lies behind a curtain; its edge is the present.
    curtain(svg) {
      const graph = svg.querySelector("g");
      const box = svg.viewBox.baseVal;
      this.veil = document.createElementNS(SVG, "rect");
      this.edge = document.createElementNS(SVG, "line");
      this.veil.setAttribute("class", "curtain");
      this.edge.setAttribute("class", "here");
      for (const [part, names] of [[this.veil, ["x", "width"]], [this.edge, ["x1", "x2"]]]) {
        part.setAttribute(names[0], -2 * box.width);
        part.setAttribute(names[1], names[1] === "width" ? 4 * box.width : 2 * box.width);
        graph.append(part);
      }
      this.veil.setAttribute("height", 2 * box.height);
    }

    // --- where we are ---

    go(where) {
      const loop = this.data.loop;
      switch (where) {
        case "first": return this.show(0);
        case "last": return this.show(this.last);
        case "back": return this.show(this.step === null ? this.last : Math.max(this.step - 1, 0));
        case "close": return this.close();
        default:
          if (this.step === null) return this.show(0);
          if (this.step < this.last) return this.show(this.step + 1);
          return loop !== null && loop < this.last ? this.show(loop + 1) : undefined;
      }
    }

    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const target = event.target;
      if (target === this.slider && event.key !== "Escape") return; // it knows these keys itself
      if (target.matches(".picture") && target.scrollWidth > target.clientWidth) return; // scrolls
      const where = {
        ArrowRight: "forward", ArrowLeft: "back", Home: "first", End: "last", Escape: "close",
      }[event.key];
      if (where === undefined || (where === "close" && this.step === null)) return;
      event.preventDefault();
      this.go(where);
    }

    show(step) {
      if (!this.panels) this.open();
      this.step = step;
      this.section.classList.add("stepping");
      this.panels.hidden = false;
      this.data.instances.forEach((instance, number) => this.light(instance, number));
      this.fill();
      this.draw();
      this.refresh();
      this.remember(`${this.section.id}-step-${step}`);
    }

    close() {
      this.step = null;
      this.section.classList.remove("stepping");
      if (this.panels) this.panels.hidden = true;
      this.veil?.remove();
      this.edge?.remove();
      this.refresh();
      this.remember(this.section.id);
      this.buttons.forward.focus();
    }

    remember(anchor) {
      try {
        history.replaceState(null, "", `#${anchor}`);
      } catch { /* too often, or not allowed here: the address stays */ }
    }

    refresh() {
      const idle = this.step === null;
      const end = this.step === this.last;
      const spent = { first: this.step === 0, back: this.step === 0, last: end,
        forward: end && !this.repeats() };
      for (const [go, is] of Object.entries(spent)) {
        this.buttons[go].setAttribute("aria-disabled", is); // `disabled` would lose the focus
      }
      this.buttons.close.hidden = idle;
      this.slider.value = idle ? 0 : this.step;
      const steps = `${this.last} step${this.last === 1 ? "" : "s"}`;
      this.count.textContent = idle ? steps : `${this.step} of ${this.last}`;
      this.slider.setAttribute("aria-valuetext", idle ? "the whole run" : this.words());
      this.status.textContent = idle ? "" : this.words();
      this.items.forEach((item, number) => {
        if (number === this.step) item.setAttribute("aria-current", "step");
        else item.removeAttribute("aria-current");
      });
    }

    repeats() {
      return this.data.loop !== null && this.data.loop < this.last;
    }

    words() {
      const text = this.items[this.step].querySelector("a").textContent;
      const loop = this.data.loop;
      const stays = loop === this.last;
      const again = this.step !== this.last || loop === null ? ""
        : stays ? "; it stays like this for ever" : `; it goes on as from ${loop}, for ever`;
      return `Step ${this.step}: ${text}${again}`;
    }

    // --- what moves ---

    light(instance, number) {
      const shown = this.instances[number];
      const state = instance.states[this.step];
      shown.head.textContent = `${instance.name} in ${state}`;
      shown.svg?.setAttribute("aria-label", `State diagram, ${instance.name} in ${state}`);
      for (const [name, part] of shown.parts) {
        part.classList.toggle("lit", instance.lit[this.step].includes(name));
      }
      shown.table.replaceChildren(...instance.variables.map(([name, values]) => {
        const row = element("tr");
        const head = element("th", name);
        head.scope = "row";
        const value = element("td", values[this.step]);
        const before = values[Math.max(this.step - 1, 0)];
        if (before !== values[this.step]) {
          value.className = "changed";
          value.append(` (was ${before})`);
        }
        row.append(head, value);
        return row;
      }));
    }

    fill() {
      this.channels.replaceChildren(element("h5", "On the way"), ...this.data.channels.map(
        ([name, contents]) => {
          const part = element("div");
          part.append(element("strong", name));
          const list = element("ul");
          list.append(...(contents[this.step].length ? contents[this.step] : ["nothing"])
            .map((text) => element("li", text)));
          part.append(list);
          return part;
        }));
    }

    draw() {
      if (!this.veil) return;
      const graph = this.figure.querySelector("svg g");
      const [row, next] = [this.data.rows[this.step], this.data.rows[this.step + 1]];
      const shown = next !== undefined;
      for (const part of [this.veil, this.edge]) {
        if (shown) graph.append(part);
        else part.remove();
      }
      const edge = shown ? Math.max(next - 11, (row + next) / 2) : row;
      if (shown) {
        this.veil.setAttribute("y", edge);
        this.edge.setAttribute("y1", edge);
        this.edge.setAttribute("y2", edge);
      }
      this.follow(row);
    }

    // The ladder may be higher than what is seen of it.
    follow(row) {
      const frame = this.figure.querySelector(".picture");
      const svg = frame.querySelector("svg");
      const point = new DOMPoint(0, row).matrixTransform(svg.querySelector("g").getScreenCTM());
      const middle = frame.getBoundingClientRect().top + frame.clientHeight / 2;
      frame.scrollTop += point.y - middle;
    }
  }

  const viewers = new Map();
  for (const section of document.querySelectorAll("section.run")) {
    viewers.set(section.id, new Viewer(section));
  }

  // A link to a step, such as #run-pair-no-deadlock-step-5, opens the viewer of its run there.
  function follow() {
    let anchor;
    try {
      anchor = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const found = /^(.*)-step-(\d+)$/.exec(anchor);
    const viewer = found && viewers.get(found[1]);
    const step = found && Number(found[2]);
    if (viewer && step <= viewer.last) {
      viewer.show(step);
      viewer.section.scrollIntoView({ block: "start" });
    }
  }
  addEventListener("hashchange", follow);
  addEventListener("load", follow);
})();
