// Only a page of ours goes into the page. Every response of the server carries the length of its body in a mark of its
// own; what a proxy or a portal answers in its place has no mark, or another length. Then everything stays as it is,
// one line says so, and what may safely be sent twice (data-again) is sent again.
window.Connection = (() => {
  const MARK = 'three-circles';
  const AGAIN = [3000, 5000, 10000, 20000];   // milliseconds until the next try
  const UNREACHED = 'We cannot reach the server. Your answer is still here. ';
  let tries = 0, timer = 0, pressed = null, had = null;

  const marked = (response) => response.headers.has(MARK) && new URL(response.url, location.href).origin === location.origin;
  const whole = (response, text) => new TextEncoder().encode(text).length === Number(response.headers.get(MARK));

  // The text of an answer of ours; null for anything else.
  async function text(response) {
    if (!marked(response)) return null;
    const body = await response.text();
    return whole(response, body) ? body : null;
  }

  function say(words, near) {
    let places = [...document.querySelectorAll('[data-connection]')];
    if (!places.length && words) {
      const line = document.createElement('p');
      line.className = 'error';
      line.setAttribute('role', 'alert');
      line.dataset.connection = '';
      line.append(document.createElement('span'));
      const form = near?.closest?.('form');
      if (form) form.append(line); else document.getElementById('main').prepend(line);
      places = [line];
    }
    for (const place of places) {
      place.hidden = !words;
      place.querySelector('span').textContent = words;
    }
  }

  // A button that is out of use while its form is sent loses the focus; after a send that failed it has it again.
  function refocus() {
    setTimeout(() => { if (document.activeElement === document.body && had?.isConnected) had.focus({preventScroll: true}); });
  }

  function lost(source) {
    refocus();
    const form = source?.closest?.('form[data-again]') ?? source?.form?.closest?.('form[data-again]');
    clearTimeout(timer);
    if (!form) return say(UNREACHED + 'Please try again in a moment.', source);
    pressed = {form, button: [...form.elements].find((field) => 'pressed' in field.dataset)};
    say(UNREACHED + 'We will try again automatically.', source);
    timer = setTimeout(again, AGAIN[Math.min(tries++, AGAIN.length - 1)]);
  }

  // Sent again only while the same question is open: once a vote has closed or a step is over, its form is gone.
  function again() {
    clearTimeout(timer);
    if (!pressed) return;
    const twin = pressed.form.isConnected ? pressed.form : document.getElementById(pressed.form.id);
    const same = twin && twin.dataset.keep === pressed.form.dataset.keep && (twin === pressed.form || twin.dataset.keep);
    if (!same) { pressed = null; tries = 0; return; }
    const button = pressed.button && document.getElementById(pressed.button.id);
    twin.requestSubmit(button?.form === twin ? button : undefined);
  }

  document.addEventListener('htmx:before:request', (event) => {
    clearTimeout(timer);
    const {request} = event.detail.ctx;
    had = document.activeElement;
    for (const field of request.form?.elements ?? []) delete field.dataset.pressed;
    if (request.submitter) request.submitter.dataset.pressed = '';
  });
  document.addEventListener('htmx:before:response', (event) => {
    const {ctx} = event.detail;
    if (marked(ctx.response.raw)) return;
    event.preventDefault();
    lost(ctx.sourceElement);
  });
  document.addEventListener('htmx:after:request', (event) => {
    const {ctx} = event.detail;
    if (!whole(ctx.response.raw, ctx.text)) {
      event.preventDefault();
      return lost(ctx.sourceElement);
    }
    pressed = null;
    tries = 0;
    say('');
  });
  document.addEventListener('htmx:error', (event) => lost(event.detail.ctx?.sourceElement));
  window.addEventListener('online', again);
  return {text, marked};
})();
