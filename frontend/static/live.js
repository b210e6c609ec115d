// Keeps #main up to date from the server's stream. Without it every page still works: "Look again" loads it anew.
(() => {
  const main = document.getElementById('main');
  if (!main || !main.dataset.live || !window.EventSource) return;
  const announcer = document.querySelector('[data-announce]');
  const offline = document.querySelector('[data-offline]');
  let source = null;
  let retry = 0;
  let waiting = 0;
  let fetching = false;
  let missed = false;   // a question for the new page that found no answer
  let again = false;
  let shown = '';   // the last piece of the page that came from the server
  let seen = '';    // the version that the wall has asked for; the console's page names its own

  const step = () => main.querySelector('[data-step]');
  const stepName = () => (step() ? step().dataset.step : '');
  const place = () => (step() ? step().dataset.place : '');   // person and phase: what a reader calls a step
  const version = () => (step() && step().dataset.version) || seen;

  function connection(lost) {
    if (!offline) return;
    if (!lost) {
      clearTimeout(waiting);
      waiting = 0;
      document.body.classList.add('is-live');   // "Look again" is not needed now
      return offline.replaceChildren();
    }
    if (waiting) return;   // every failed attempt reports again
    waiting = setTimeout(() => {
      document.body.classList.remove('is-live');
      waiting = 0;
      if (offline.firstChild || document.hidden) return;
      const line = document.createElement('p');
      line.className = 'offline';
      line.textContent = offline.dataset.offline;
      offline.replaceChildren(line);
    }, 5000);
  }

  function later(delay) {
    clearTimeout(retry);
    retry = setTimeout(connect, delay);
  }

  function connect() {
    clearTimeout(retry);
    if (source) source.close();
    source = new EventSource(main.dataset.live);
    source.addEventListener('ended', () => { source.close(); look(); });   // the page that says so answers 404
    source.onopen = () => connection(false);
    source.onmessage = (event) => {
      connection(false);
      let message;
      try { message = JSON.parse(event.data); } catch { return; }
      if (message && typeof message === 'object') take(message);
    };
    source.onerror = () => {
      connection(true);
      if (source.readyState !== EventSource.CLOSED) return;
      look();   // refused: the group may have ended while this page was away
      later(2000 + Math.random() * 4000);
    };
  }

  function take(message) {
    if (typeof message.html === 'string') {
      if (message.html !== shown) replace(message.html);
      shown = message.html;
    } else if (message.step !== stepName() || (message.version !== undefined && String(message.version) !== version())) {
      seen = String(message.version);
      look();
    } else {
      count('[data-answered]', message.answered);
      count('[data-members]', message.members);
    }
  }

  function count(selector, number) {
    if (typeof number !== 'number') return;
    for (const place of main.querySelectorAll(selector)) place.textContent = number;
  }

  // A room of phones asks for the new page spread over 0.4 seconds; one question at a time.
  function look() {
    if (fetching) { again = true; return; }
    fetching = true;
    setTimeout(async () => {
      try {
        const answer = await fetch(main.dataset.now, {credentials: 'same-origin', headers: {'HX-Request': 'true'}, cache: 'no-store'});
        if (answer.redirected || [401, 403, 404, 410].includes(answer.status)) return location.reload();
        missed = !answer.ok;
        if (answer.ok) {
          const html = await answer.text();
          if (html !== shown) replace(html);
          shown = html;
        } else later(2000 + Math.random() * 4000);
      } catch {
        missed = true;
        connection(true);
        later(2000 + Math.random() * 4000);   // the stream names the step again when it opens
      } finally {
        fetching = false;
        if (again) { again = false; look(); }
      }
    }, Math.random() * 400);
  }

  // Puts the new content in place; keeps focus, opened parts and half-filled fields that are still there.
  function replace(html) {
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    const coming = fresh.content.querySelector('[data-step]');
    const same = coming !== null && coming.dataset.place === place();
    const active = document.activeElement;
    const inside = main.contains(active) && active !== main;
    const focused = inside ? active.id : '';
    const selection = inside && typeof active.selectionStart === 'number' ? [active.selectionStart, active.selectionEnd] : null;
    for (const part of main.querySelectorAll('details[id]')) {
      const twin = fresh.content.getElementById(part.id);
      if (twin) twin.open = part.open;
    }
    const fields = [...main.querySelectorAll('input[id], select[id], textarea[id]')].filter((field) => field.type !== 'hidden').map((field) => [field.id, field.value, field.checked]);
    // What people keep to themselves stays as it stands, with what they are typing or drawing at this moment.
    for (const part of main.querySelectorAll('[data-stay][id]')) fresh.content.getElementById(part.id)?.replaceWith(part);
    main.classList.toggle('is-same', same);
    main.replaceChildren(fresh.content);
    for (const [id, value, checked] of fields) {
      const twin = document.getElementById(id);
      if (!twin || (twin.tagName === 'SELECT' && ![...twin.options].some((option) => option.value === value))) continue;
      twin.value = value;
      if ('checked' in twin) twin.checked = checked;
    }
    if (window.htmx) window.htmx.process(main);
    const twin = inside && active.isConnected ? active : focused && document.getElementById(focused);
    if (twin) {
      twin.focus({preventScroll: true});
      if (selection) try { twin.setSelectionRange(...selection); } catch { /* not a text field */ }
    } else if (!same && (inside || active === document.body || active === main)) {
      heading();
    }
    if (!same) stepChanged();
    document.dispatchEvent(new CustomEvent('live:replaced', {detail: {same}}));
  }

  function heading() {
    const title = main.querySelector('h1');
    if (!title) return;
    title.tabIndex = -1;
    title.focus({preventScroll: true});
    window.scrollTo(0, 0);
  }

  function stepChanged() {
    const now = step();
    if (!now) return;
    if (now.dataset.title) document.title = now.dataset.title + ' · Three Circles';
    if (announcer && now.dataset.say) announcer.textContent = now.dataset.say;
  }

  // After a form was sent by htmx: to the note that says so, or to the heading when the step went on.
  let sentFrom = '';
  let sentBy = '';
  document.addEventListener('htmx:before:request', () => {
    sentFrom = place();
    sentBy = main.contains(document.activeElement) ? document.activeElement.id : '';
  });
  document.addEventListener('htmx:after:settle', () => {
    shown = '';
    const note = main.querySelector('#sent');
    const same = place() === sentFrom;
    main.classList.toggle('is-same', same);
    if (main.querySelector('[role="alert"][tabindex]')) return;
    const twin = sentBy && document.getElementById(sentBy);
    if (note) {
      note.focus({preventScroll: true});
      window.scrollTo(0, 0);
    } else if (twin) twin.focus({preventScroll: true});
    else if (!same) heading();
    if (!same) stepChanged();
  });

  const wake = () => { if (!document.hidden && (missed || !source || source.readyState !== EventSource.OPEN)) connect(); };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', (event) => { if (event.persisted) wake(); });
  window.addEventListener('pagehide', () => { if (source) source.close(); source = null; clearTimeout(retry); connection(false); });
  connect();
})();
