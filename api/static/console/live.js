// The part of a page that changes is asked for again every few seconds, as a page of its own. What
// is new is said to those who do not see it; a page that stays the same is left as it is.
"use strict";
{
  const EVERY = 4000; // milliseconds
  const said = document.querySelector("[data-live-said]");
  const part = () => document.getElementById("live");

  const show = (fresh) => {
    const old = part();
    document.dispatchEvent(new CustomEvent("caveat:fresh", { detail: fresh }));
    if (old.isEqualNode(fresh)) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.href : "";
    if (fresh.dataset.said !== old.dataset.said) said.textContent = fresh.dataset.said;
    old.replaceWith(fresh);
    if (focused) [...fresh.querySelectorAll("a")].find((one) => one.href === focused)?.focus();
  };

  const ask = () => {
    if (document.hidden) return later();
    const request = new XMLHttpRequest(); // it makes a document of the answer, and runs no script
    request.open("GET", part().dataset.live);
    request.responseType = "document";
    request.timeout = 10000;
    request.onloadend = () => {
      const fresh = request.response?.getElementById("live");
      if (request.status === 200 && fresh) show(document.adoptNode(fresh));
      else said.textContent = "What is shown may be out of date. Follow Refresh.";
      said.classList.toggle("unseen", Boolean(fresh));
      said.classList.toggle("wrong", !fresh);
      if (!("ended" in part().dataset)) later();
    };
    request.send();
  };

  const later = () => setTimeout(ask, EVERY);
  if (part() && !("ended" in part().dataset)) later();
}
