// Nothing that changes the host happens without a second look.
import { $, el, set } from "./dom.js";

/** ask shows a question with what it would do; it is true when the person says so. */
export function ask(title, action, ...content) {
  const box = $("ask");
  set($("ask-title"), title);
  $("ask-text").replaceChildren(...content.map(c => typeof c === "string" ? el("p", {}, c) : c));
  set($("ask-do"), action);
  box.returnValue = "no";
  box.showModal();
  return new Promise(done => { box.onclose = () => done(box.returnValue === "yes"); });
}

/** tell says something to everybody, also to those who do not see the page. */
export const tell = text => { $("news").textContent = text; };
