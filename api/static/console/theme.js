// The theme changes at once, without a new page: nothing that is being typed is lost.
"use strict";
{
  const YEAR = 365 * 24 * 60 * 60; // seconds
  const form = document.querySelector("form[data-theme-choice]");
  form?.addEventListener("change", (event) => {
    const theme = event.target.value;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `caveat-theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    document.documentElement.dataset.theme = theme;
  });
  form?.querySelector("button")?.setAttribute("hidden", "");
}
