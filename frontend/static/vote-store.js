// What was chosen stays in this tab until the server has it, also over a reload or a lost connection. Marked words send
// themselves; a changed answer is named as not sent until it is; and a vote that closed over one is told afterwards.
(() => {
  const PREFIX = 'vote:';
  const SOON = 1000;     // milliseconds after the last word was marked
  const form = () => document.querySelector('form[data-keep]:not(#quick)');
  const key = (the) => PREFIX + the.dataset.keep;
  const fields = (the) => [...the.elements].filter((field) => field.name && field.matches('input'));
  const box = (field) => field.type === 'radio' || field.type === 'checkbox';
  let timer = 0;
  let sending = false;

  // What the server knows, and what stands in the form now.
  const known = (the) => fields(the).filter((f) => (box(f) ? f.defaultChecked : f.defaultValue)).map((f) => f.name + '=' + (box(f) ? f.value : f.defaultValue));
  const now = (the) => fields(the).filter((f) => (box(f) ? f.checked : f.value)).map((f) => f.name + '=' + f.value);
  const words = (items) => items.filter((item) => item.startsWith('cues='));
  const others = (items) => items.filter((item) => !item.startsWith('cues='));
  const alike = (one, two) => one.join('\n') === two.join('\n');

  // The answer of such a list in words, as it stands beside its circle.
  function answer(the, items) {
    const item = items.find((one) => one.startsWith('system='));
    const field = item && fields(the).find((one) => one.name === 'system' && 'system=' + one.value === item);
    return field ? (field.closest('label').querySelector('.answer__disc') ?? field.closest('label')).textContent.trim() : '';
  }

  function store(work) {
    try { return work(window.sessionStorage); } catch { return null; }   // storage may be switched off
  }

  function keep() {
    const the = form();
    if (!the) return;
    const before = known(the);
    const chosen = now(the);
    store((session) => {
      if (alike(chosen, before)) session.removeItem(key(the));
      else session.setItem(key(the), JSON.stringify({before: before.join('\n'), chosen, answer: answer(the, chosen), counted: answer(the, before)}));
    });
    tell();
    if (!alike(words(chosen), words(before)) && alike(others(chosen), others(before)) && the.closest('.phone--mark')) {
      clearTimeout(timer);
      timer = setTimeout(sendWords, SOON);
    }
  }

  // The note of what was sent gives way to one of what was not, which stays in view.
  function tell() {
    const the = form();
    const note = document.querySelector('[data-unsent]');
    if (!the || !note) return;
    const changed = !alike(others(now(the)), others(known(the)));
    note.hidden = !changed;
    document.getElementById('sent').hidden = changed;
    const chosen = answer(the, now(the));
    note.querySelector('[data-unsent-answer]').textContent = chosen && chosen !== answer(the, known(the)) ? ': ' + chosen + '.' : '.';
  }

  function said(text) {
    const place = document.querySelector('[data-words-sent]');
    if (place && place.textContent !== text) place.textContent = text;
  }

  // With the answer as the server has it, so that nothing goes along that was not meant to be sent.
  async function sendWords() {
    const the = form();
    if (!the || sending || !alike(others(now(the)), others(known(the))) || alike(words(now(the)), words(known(the)))) return;
    sending = true;
    const chosen = words(now(the));
    const body = new URLSearchParams([...others(known(the)), ...chosen].map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]));
    try {
      const response = await fetch(the.action, {method: 'POST', body, credentials: 'same-origin', headers: {'HX-Request': 'true'}});
      if ((await window.Connection.text(response)) === null || !response.ok) throw new Error('not taken');
      if (form() === the) for (const field of fields(the)) if (field.name === 'cues') field.defaultChecked = chosen.includes('cues=' + field.value);
      said(chosen.length ? 'Your words are sent.' : '');
      keep();
    } catch {
      if (form() !== the) return;
      said('Your words are not sent yet. We will try again.');
      clearTimeout(timer);
      timer = setTimeout(sendWords, 5000);
    } finally {
      sending = false;
    }
  }

  // Puts it back, but only onto the state of the server that it was made on.
  function restore() {
    const the = form();
    tidy(the);
    if (!the) return;
    let kept = null;
    try { kept = JSON.parse(store((session) => session.getItem(key(the))) || 'null'); } catch { /* not ours */ }
    if (!kept || !Array.isArray(kept.chosen)) return tell();
    const alert = the.querySelector('#vote-error');
    if (kept.before !== known(the).join('\n') && !alert) {
      store((session) => session.removeItem(key(the)));
      return tell();
    }
    for (const field of fields(the)) {
      const value = field.name + '=' + field.value;
      if (box(field)) field.checked = kept.chosen.includes(value);
      else {
        const text = kept.chosen.find((item) => item.startsWith(field.name + '='));
        field.value = text ? text.slice(field.name.length + 1) : '';
      }
    }
    keep();
  }

  // Earlier steps of any group are over. What was not sent when its vote closed is told once.
  function tidy(the) {
    const here = location.pathname.split('/')[2];
    store((session) => {
      for (const name of Object.keys(session)) {
        if (!name.startsWith(PREFIX) || (the && name === key(the))) continue;
        const text = session.getItem(name);
        session.removeItem(name);
        if (name.startsWith(PREFIX + here + ':') && /-(voting|revoting)$/.test(name)) tooLate(text);
      }
    });
  }

  function tooLate(text) {
    let kept = null;
    try { kept = JSON.parse(text); } catch { return; }
    const step = document.getElementById('step');
    if (!kept?.answer || !step || document.getElementById('vote-error') || step.dataset.step === 'ended') return;
    const note = document.createElement('p');
    note.className = 'notice toolate';
    note.setAttribute('role', 'status');
    note.textContent = kept.counted && kept.counted === kept.answer
      ? 'The vote closed before your last changes were sent. Your answer counted: ' + kept.counted + '.'
      : 'The vote closed before you sent “' + kept.answer + '”. ' + (kept.counted ? 'Your earlier answer counted: ' + kept.counted + '.' : 'Nothing from you was counted in this vote. That is fine.');
    const place = step.querySelector('.phone__top') ?? step;
    place.prepend(note);
  }

  // For live.js: whether a newer page from the server would throw away what stands here.
  window.unsent = () => { const the = form(); return Boolean(the) && !alike(now(the), known(the)); };

  document.addEventListener('input', (event) => { if (form() && form().contains(event.target)) keep(); });
  document.addEventListener('change', (event) => { if (form() && form().contains(event.target)) keep(); });
  document.addEventListener('htmx:after:settle', restore);
  document.addEventListener('live:replaced', restore);
  window.addEventListener('pageshow', restore);
  window.addEventListener('online', () => { if (form()?.closest('.phone--mark') && window.unsent()) sendWords(); });
  restore();
})();
