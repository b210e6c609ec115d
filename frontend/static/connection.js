// When a request cannot reach the server, say so where the reader is; the form keeps what was chosen.
(() => {
  const say = (text) => {
    for (const place of document.querySelectorAll('[data-connection]')) {
      place.hidden = !text;
      place.querySelector('span').textContent = text;
    }
  };
  document.addEventListener('htmx:error', () => say('We could not reach the server. Your choice is still here. Please try again in a moment.'));
  document.addEventListener('htmx:before:request', () => say(''));
})();
