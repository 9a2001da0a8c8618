// Helpers of every page. What others wrote is only ever set as text.

export const $ = id => document.getElementById(id);

/** el makes an element: el("p", {class: "x"}, "text", child, …). */
export function el(tag, attrs, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === true) e.setAttribute(k, "");
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children.flat().filter(c => c != null));
  return e;
}

/** set changes a text only when it differs, so that live regions stay quiet. */
export function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** keyed brings a list in line with items: rows are kept, so focus and scroll are too. */
export function keyed(list, items, key, make, update) {
  const old = new Map([...list.children].map(c => [c.dataset.key, c]));
  items.forEach((item, i) => {
    const k = String(key(item));
    let row = old.get(k);
    if (!row) {
      row = make(item);
      row.dataset.key = k;
    }
    old.delete(k);
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] || null);
    update(row, item);
  });
  for (const row of old.values()) row.remove();
}

/** follow keeps a box at its end unless the person has scrolled up; it returns what to call after a change. */
export function follow(box) {
  let end = true, last = 0;
  box.addEventListener("scroll", () => {
    const top = box.scrollTop;
    // Only somebody who goes up leaves the end: a box that became smaller does not.
    end = box.scrollHeight - top - box.clientHeight < 40 || (end && top >= last);
    last = top;
  });
  const down = () => { if (end) box.scrollTop = box.scrollHeight; };
  new ResizeObserver(down).observe(box);
  return force => {
    end = end || force === true;
    down();
  };
}

export const number = new Intl.NumberFormat("en");
export const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
