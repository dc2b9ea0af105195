/* global document, DOMParser, FormData, URLSearchParams, fetch, setTimeout */
// Keeps the page up to date: fetches it and replaces the parts that differ. Without this script the page shows what was true
// when it was loaded, and its form works as any form.

const POLL_MS = 500;

/** Replaces the parts that `selector` finds, where they differ from those of a fetched page. */
async function show(response, selector) {
  if (response.status >= 500) throw new Error(await response.text());
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const fresh of page.querySelectorAll(selector)) {
    const shown = document.getElementById(fresh.id);
    if (shown.innerHTML !== fresh.innerHTML) shown.replaceChildren(...fresh.childNodes);
  }
}

async function poll() {
  try {
    if (!document.hidden) await show(await fetch('/'), '[data-live]');
    document.getElementById('offline').hidden = true;
  } catch {
    document.getElementById('offline').hidden = false;
  }
  setTimeout(poll, POLL_MS);
}

const form = document.querySelector('form');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const body = new URLSearchParams(new FormData(form));
    await show(await fetch(form.action, { method: 'POST', body }), '[data-live], #errors');
    // The next message replaces this one.
    document.getElementById('body').select();
  } catch {
    document.getElementById('offline').hidden = false;
  }
});

poll();
