/* global document, window, setTimeout, HTMLFormElement */
// What forms and live parts need beyond HTML and htmx. Without JavaScript every page can be read and every form sent.

// A form is sent once: a second click would repeat the action.
document.addEventListener('submit', (event) => {
  const { target } = event;
  if (!(target instanceof HTMLFormElement) || target.method !== 'post') return;
  if (target.dataset.sent) event.preventDefault();
  target.dataset.sent = 'true';
  // A download leaves the page as it is: its form may be sent again.
  setTimeout(() => delete target.dataset.sent, 2_000);
});

// Back shows the page as it was: its forms may be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});
