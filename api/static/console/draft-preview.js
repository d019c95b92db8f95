// The preview follows what is written. A new frame comes behind the one that is seen and takes its
// place when it is there: nothing flickers, the place is kept, and "back" leads to the page before.
"use strict";
{
  const root = document.querySelector("[data-draft]");
  const form = root.querySelector("form");
  const button = root.querySelector("[data-draft-preview]");
  const frames = root.querySelector("[data-draft-frames]");
  const CHOICES = ["jurisdiction", "audience", "channel"];
  let coming = null;
  let number = 0;
  let shown = form.elements.text.value;

  const come = (next) => {
    const seen = frames.querySelector("iframe:not(.coming)");
    const at = seen.contentWindow?.scrollY ?? 0;
    next.contentWindow.scrollTo(0, at);
    seen.remove();
    next.classList.remove("coming");
    next.title = seen.title;
    if (coming === next) coming = null;
  };

  const look = () => {
    shown = form.elements.text.value;
    coming?.remove();
    const next = document.createElement("iframe");
    coming = next;
    next.name = `preview-${(number += 1)}`;
    next.className = "coming";
    next.title = "The next preview";
    next.setAttribute("sandbox", "allow-same-origin");
    frames.append(next);
    // An empty page comes first.
    next.addEventListener("load", () => {
      if (coming === next && next.contentDocument?.URL !== "about:blank") come(next);
    });
    button.formTarget = next.name;
    form.requestSubmit(button);
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    look();
  });
  for (const name of CHOICES) form.elements[name].addEventListener("change", look);
  form.addEventListener("draft-pause", () => {
    if (form.elements.text.value !== shown) look();
  });
}
