// Keeps #main up to date from the server's stream. Without it every page still works: "Refresh this page" loads it again.
(() => {
  const main = document.getElementById('main');
  if (!main || !main.dataset.live || !window.EventSource) return;
  const announcer = document.querySelector('[data-announce]');
  const offline = document.querySelector('[data-offline]');
  let source = null;
  const FIRST = 5000;    // how long the stream may take to say something at all
  const QUIET = 30000;   // and later: the server speaks at least every 15 seconds
  let retry = 0;
  let heard = 0;
  let spoken = false;    // whether this stream has said anything yet
  let held = false;      // something on the way holds it back
  let waiting = 0;
  let fetching = false;
  let missed = false;   // a question for the new page that found no answer
  let again = false;
  let looked = performance.now();
  let shown = '';   // the last piece of the page that came from the server
  let seen = '';    // the version that the wall has asked for; the console's page names its own

  const PACE = 10000;    // how often the count of answers may be said
  let counted = main.querySelector('[data-count]')?.dataset.count ?? '';   // what was said or read last
  let countedAt = -PACE;
  let counting = 0;

  // What a swap leaves alone: places of ours, what people keep to themselves, and what scripts have put on an element.
  let morph = null;
  window.htmx?.registerExtension('three-circles', {init(api) { morph = api.morph; }});
  if (morph) Object.assign(window.htmx.config, {morphSkip: '[data-stay][id]', morphIgnore: ['data-htmx-powered', 'tabindex']});

  let heardOf = '';     // the last answer of this member that another tab may have sent
  let sending = false;  // a form is on its way
  let over = false;     // the group has ended: nothing is followed any more

  const step = () => main.querySelector('[data-step]');
  const stepName = () => (step() ? step().dataset.step : '');
  const place = () => (step() ? step().dataset.place : '');   // person and phase: what a reader calls a step
  const version = () => (step() && step().dataset.version) || seen;

  function reached() {
    clearTimeout(waiting);
    waiting = 0;
    if (offline) offline.replaceChildren();
  }

  function connection(lost) {
    if (!offline) return;
    if (!lost) {
      document.body.classList.add('is-live');   // "Refresh this page" is not needed now
      return reached();
    }
    if (waiting) return;   // every failed attempt reports again
    waiting = setTimeout(() => {
      document.body.classList.remove('is-live');
      waiting = 0;
      if (!document.hidden) tellOffline();
    }, 5000);
  }

  function tellOffline() {
    if (!offline || offline.firstChild) return;
    const line = document.createElement('p');
    line.className = 'offline';
    line.textContent = offline.dataset.offline;
    offline.replaceChildren(line);
  }

  function later(delay) {
    clearTimeout(retry);
    retry = setTimeout(connect, delay);
  }

  function connect() {
    clearTimeout(retry);
    if (over) return;
    if (source) source.close();
    source = new EventSource(main.dataset.live);
    heard = performance.now();
    spoken = held = false;
    source.addEventListener('beat', hear);
    source.addEventListener('ended', goodbye);
    source.onopen = () => connection(false);
    source.onmessage = (event) => {
      connection(false);
      hear();
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

  function hear() {
    heard = performance.now();
    spoken = true;
  }

  // A line may be dead though no one said so: it is opened again. And a proxy may hold the stream back without breaking
  // it: then the page is asked for instead, every few seconds.
  setInterval(() => {
    const trusted = spoken && !held;
    if (document.hidden || !source || performance.now() - heard < (trusted ? QUIET : FIRST)) return;
    if (trusted) return connect();
    held = true;
    look();
  }, FIRST);

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
    if (message.members !== undefined) notice(message.notice ?? '');
    // What another tab of this member has sent; what is not sent yet in this one stays.
    const sent = message.sent ?? '';
    if (step()?.dataset.sent !== undefined && sent !== step().dataset.sent && sent !== heardOf && !sending && !window.unsent?.()) {
      heardOf = sent;
      look();
    }
  }

  function count(selector, number) {
    if (typeof number !== 'number') return;
    for (const place of main.querySelectorAll(selector)) place.textContent = number;
  }

  // The group has ended: thanks instead of the step, in place, so that nothing private is lost by loading a page.
  function goodbye() {
    const words = document.querySelector('template[data-goodbye]');
    over = true;
    if (source) source.close();
    clearTimeout(retry);
    reached();
    notice('');
    document.body.classList.add('is-over');
    window.farewell.show(main, words.innerHTML);
    heading();
    stepChanged();
  }

  // What stands above everything for a while: a pause, or that the group is about to end.
  function notice(name) {
    for (const line of document.querySelectorAll('[data-notice]')) line.hidden = line.dataset.notice !== name;
  }

  // A room of phones asks for the new page spread over 0.4 seconds; one question at a time.
  function look() {
    if (over) return;
    if (fetching) { again = true; return; }
    fetching = true;
    looked = performance.now();
    setTimeout(async () => {
      try {
        const answer = await fetch(main.dataset.now, {credentials: 'same-origin', headers: {'HX-Request': 'true'}, cache: 'no-store'});
        const html = await Connection.text(answer);
        if (html !== null && answer.status === 404) return goodbye();
        if (html !== null && (answer.redirected || [401, 403, 404, 410].includes(answer.status))) return location.reload();
        missed = html === null || !answer.ok;
        if (missed) {
          connection(true);
          return later(2000 + Math.random() * 4000);
        }
        reached();
        // What is not sent yet stays: a page of the same step would put the sent answer in its place.
        if (html !== shown && !(window.unsent?.() && samePlace(html))) {
          replace(html);
          shown = html;
        }
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

  function samePlace(html) {
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    return fresh.content.querySelector('[data-step]')?.dataset.place === place();
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
    main.classList.toggle('is-same', same);
    if (same && morph) keepEqual(fresh.content);
    else {
      // What people keep to themselves stays as it stands, with what they are typing or drawing at this moment.
      for (const part of main.querySelectorAll('[data-stay][id]')) fresh.content.getElementById(part.id)?.replaceWith(part);
      main.replaceChildren(fresh.content);
    }
    for (const [id, value, checked] of fields) {
      const twin = document.getElementById(id);
      if (!twin || (twin.tagName === 'SELECT' && ![...twin.options].some((option) => option.value === value))) continue;
      twin.value = value;
      if ('checked' in twin) twin.checked = checked;
    }
    if (window.htmx) window.htmx.process(main);
    const twin = inside && active.isConnected ? active : focused && document.getElementById(focused);
    if (twin) {
      if (twin !== document.activeElement) twin.focus({preventScroll: true});
      if (selection) try { twin.setSelectionRange(...selection); } catch { /* not a text field */ }
    } else if (!same && (inside || active === document.body || active === main)) {
      heading();
    }
    if (same) tellCount(); else stepChanged();
    document.dispatchEvent(new CustomEvent('live:replaced', {detail: {same}}));
  }

  // The same step again: what is equal stays the same node, so that a screen reader is not told of a button that it has
  // just read. What scripts have drawn is put in again, for they draw it again; fields say what the server has.
  function keepEqual(fresh) {
    for (const part of main.querySelectorAll('[data-ready], [data-drawn]')) if (!part.closest('[data-stay]')) part.remove();
    morph(main, fresh, true);
    for (const field of main.querySelectorAll('input:not([id])')) {
      if (field.closest('[data-stay]')) continue;
      field.checked = field.defaultChecked;
      if (field.type === 'text') field.value = field.defaultValue;
    }
  }

  // How many have answered is said now and then while the step stays, and at once when everyone has.
  function tellCount() {
    const place = main.querySelector('[data-count]');
    clearTimeout(counting);
    if (!announcer || !place || place.dataset.count === counted) return;
    const all = place.dataset.all !== undefined;
    counting = setTimeout(() => {
      counted = place.dataset.count;
      countedAt = performance.now();
      announcer.textContent = counted;
    }, all ? 0 : Math.max(0, countedAt + PACE - performance.now()));
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
    if (document.body.classList.contains('room--console')) window.scrollTo(0, 0);
    if (now.dataset.title) document.title = now.dataset.title + ' · Three Circles';
    clearTimeout(counting);
    counted = main.querySelector('[data-count]')?.dataset.count ?? '';
    countedAt = performance.now();
    if (announcer && now.dataset.say) announcer.textContent = unread(now.dataset.say);
  }

  // What is to be said, without the heading where that has the focus and is read out by itself.
  function unread(words) {
    const title = document.activeElement?.matches('h1') ? document.activeElement.textContent.trim().replace(/[.?]$/, '') : '';
    const at = title ? words.indexOf(title) : -1;
    if (at < 0) return words;
    return (words.slice(0, at) + words.slice(at + title.length).replace(/^[.?]?\s*/, '')).trim();
  }

  // After a form was sent by htmx: to the note that says so, or to the heading when the step went on.
  let sentFrom = '';
  let sentBy = '';
  for (const done of ['htmx:after:settle', 'htmx:error', 'htmx:after:request']) document.addEventListener(done, () => { sending = false; });
  document.addEventListener('htmx:before:request', () => {
    sending = true;
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

  // A page that tells how time goes looks again now and then.
  setInterval(() => {
    const every = step() && Number(step().dataset.every);
    if (every && !document.hidden && performance.now() - looked > 1000 * every) look();
  }, 5000);

  // A tab that no one looks at gives its stream back: over plain http a browser opens six connections to a server, and
  // six forgotten tabs would leave none. When it is seen again it looks once, whatever it may have missed.
  const AWAY = 2000;   // a glance at another tab costs nothing
  let leaving = 0;
  function rest() {
    if (!document.hidden || !source) return;
    source.close();
    source = null;
    clearTimeout(retry);
  }
  const wake = () => { if (!document.hidden && (missed || !source || source.readyState !== EventSource.OPEN)) connect(); };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving);
    if (document.hidden) { leaving = setTimeout(rest, AWAY); return; }
    look();
    wake();
  });
  // That there is no network is shown at once, and not only when the stream has been missed for a while.
  function unplugged() {
    if (over) return;
    connection(true);
    clearTimeout(waiting);
    waiting = 0;
    document.body.classList.remove('is-live');
    tellOffline();
  }
  window.addEventListener('offline', unplugged);
  if (!navigator.onLine) unplugged();
  window.addEventListener('online', () => { wake(); look(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) wake(); });
  window.addEventListener('pagehide', () => { if (source) source.close(); source = null; clearTimeout(retry); connection(false); });
  connect();
})();
