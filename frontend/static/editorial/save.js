// Saves while typing, and says where things stand. Nothing typed is ever thrown away by itself.
(() => {
  const form = document.querySelector('[data-editor]');
  const one = (name) => document.querySelector('[data-' + name + ']');
  const [state, clash] = [one('state'), one('clash')];
  const whose = form.dataset.whose, tab = form.elements.tab.value;
  const SOON = 700, AT_LAST = 3000, RETRY = 4000, LOOK = 20000;   // milliseconds
  let timer = 0, since = 0, busy = null, unanswered = null, blocked = false, leaving = false;

  const fields = () => [...new FormData(form)].map(([name, value]) => [name, String(value).replace(/\r\n/g, '\n')]);
  const content = (all = fields()) => JSON.stringify(all.filter(([name]) => name !== 'etag' && name !== 'base'));
  let saved = form.hasAttribute('data-unsaved') ? null : content();
  const unsaved = () => content() !== saved;
  const clock = () => new Date().toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});

  function say(words) { if (state.textContent !== words) state.textContent = words; }

  function keep() {
    return Keep.write(whose, {tab, fields: fields(), sent: unanswered && unanswered.content}) ? 'Your changes are on this device.' : 'Please keep this page open.';
  }

  function changed() {
    if (!unsaved() && !unanswered) { Keep.drop(whose, tab); return; }
    const where = keep();
    if (blocked) return say('Not saved yet: someone else has saved this story. ' + where);
    if (!busy && !unanswered) say('Not saved yet …');
    since = since || Date.now();
    later(Math.max(0, Math.min(SOON, since + AT_LAST - Date.now())));
  }

  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }

  // What was sent and not answered is sent again as it was: it may have arrived.
  function save() {
    if (busy || blocked || (!unsaved() && !unanswered)) return busy || Promise.resolve();
    window.clearTimeout(timer);
    since = 0;
    const sent = unanswered || {content: content(), body: new URLSearchParams(fields())};
    if (!unanswered || navigator.onLine) say('Saving …');
    busy = send(sent).finally(() => { busy = null; });
    return busy;
  }

  async function send(sent) {
    let answer, data;
    unanswered = sent;
    keep();
    try {
      answer = await fetch(form.dataset.base + '/autosave', {method: 'POST', body: sent.body, signal: AbortSignal.timeout?.(15000)});
      const text = await Connection.text(answer);
      if (text === null || answer.status >= 500 || answer.status === 429) throw new Error('not now');
      if (answer.ok || answer.status === 409) data = JSON.parse(text);
    } catch {
      say('Not saved yet: no connection. ' + keep());
      return later(RETRY);
    }
    if (answer.status === 401) {
      say('Not saved yet: you are signed out. Sign in again in another tab. ' + keep());
      return later(RETRY);
    }
    unanswered = null;
    if (answer.status === 409) return both(data);
    if (!answer.ok) return say('Not saved: ' + (answer.status === 413 ? 'the story is too long. ' : 'the server refused it. ') + keep());
    form.elements.etag.value = data.etag;
    one('look').innerHTML = data.look;
    one('advice').innerHTML = data.advice;
    saved = sent.content;
    if (unsaved()) { keep(); return later(SOON); }
    Keep.drop(whose, tab);
    say('Saved ' + clock());
  }

  function both(data) {
    blocked = true;
    one('clash-who').textContent = (data.who || 'Someone') + ' has saved this story while you were writing.';
    one('clash-both').innerHTML = data.both;
    clash.hidden = false;
    say('Not saved yet: someone else has saved this story. ' + keep());
  }

  // Someone else may save while this page only lies open.
  async function look() {
    if (document.hidden || busy || blocked || unsaved() || !navigator.onLine) return;
    const mine = form.elements.etag.value;
    const answer = await fetch(form.dataset.base + '/edit/mark', {signal: AbortSignal.timeout?.(15000)}).catch(() => null);
    const text = answer && answer.ok ? await Connection.text(answer).catch(() => null) : null;
    const data = text && JSON.parse(text);
    if (!data || busy || unsaved() || form.elements.etag.value !== mine || data.etag === mine) return;
    one('clash-who').textContent = (data.who || 'Someone') + ' has saved this story since you opened it.';
    clash.querySelector('[data-choose]').textContent = 'Show their version';
    clash.hidden = false;
  }

  function restore() {
    const other = one('elsewhere');
    if (other) other.hidden = !Keep.read(whose, tab === 'write' ? 'source' : 'write');
    const kept = Keep.read(whose, tab);
    if (!kept) return;
    if (content(kept.fields) === content()) return Keep.drop(whose, tab);
    const ours = kept.sent && kept.sent === content();   // the last save arrived, only its answer did not
    for (const field of form.elements) {
      if (!field.name || (ours && field.name === 'etag')) continue;
      const values = kept.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.matches('[type=radio], [type=checkbox]')) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    document.dispatchEvent(new Event('editor:restored'));
    changed();
    say('Restored your unsaved changes.');
  }

  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.elements.title?.addEventListener('input', () => { one('title').textContent = form.elements.title.value || '…'; });
  form.addEventListener('submit', (event) => {
    if (event.submitter && event.submitter.matches('[data-choose]')) {
      leaving = true;
      if (unsaved()) return;
      event.preventDefault();
      return window.location.reload();
    }
    event.preventDefault();
    if (!unsaved()) say('Saved');
    save();
  });
  for (const link of document.querySelectorAll('[data-leave]')) {
    link.addEventListener('click', async (event) => {
      if (!unsaved() || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      await save();
      if (unsaved()) await save();
      if (!unsaved()) window.location.assign(link.href);
    });
  }
  window.addEventListener('beforeunload', (event) => { if (!leaving && (unsaved() || unanswered)) event.preventDefault(); });
  window.addEventListener('online', () => later(0));
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(); else look(); });
  window.setInterval(look, LOOK);
  if (form.hasAttribute('data-unsaved')) say('Not saved yet. ' + keep());
  else restore();
})();
