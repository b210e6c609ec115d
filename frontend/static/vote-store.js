// What was chosen stays in this tab until the server has it, also over a reload or a lost connection.
(() => {
  const PREFIX = 'vote:';
  const form = () => document.querySelector('form[data-keep]');
  const key = (the) => PREFIX + the.dataset.keep;
  const fields = (the) => [...the.elements].filter((field) => field.name && field.matches('input'));
  const box = (field) => field.type === 'radio' || field.type === 'checkbox';

  // What the server knows, and what stands in the form now.
  const known = (the) => fields(the).filter((f) => (box(f) ? f.defaultChecked : f.defaultValue)).map((f) => f.name + '=' + (box(f) ? f.value : f.defaultValue));
  const now = (the) => fields(the).filter((f) => (box(f) ? f.checked : f.value)).map((f) => f.name + '=' + f.value);

  function store(work) {
    try { return work(window.sessionStorage); } catch { return null; }   // storage may be switched off
  }

  function keep() {
    const the = form();
    if (!the) return;
    const before = known(the).join('\n');
    const chosen = now(the);
    store((session) => {
      if (chosen.join('\n') === before) session.removeItem(key(the));
      else session.setItem(key(the), JSON.stringify({before, chosen}));
    });
  }

  // Puts it back, but only onto the state of the server that it was made on.
  function restore() {
    const the = form();
    tidy(the);
    if (!the) return;
    let kept = null;
    try { kept = JSON.parse(store((session) => session.getItem(key(the))) || 'null'); } catch { /* not ours */ }
    if (!kept || !Array.isArray(kept.chosen)) return;
    const alert = the.querySelector('#vote-error');
    if (kept.before !== known(the).join('\n') && !alert) return store((session) => session.removeItem(key(the)));
    for (const field of fields(the)) {
      const value = field.name + '=' + field.value;
      if (box(field)) field.checked = kept.chosen.includes(value);
      else {
        const text = kept.chosen.find((item) => item.startsWith(field.name + '='));
        field.value = text ? text.slice(field.name.length + 1) : '';
      }
    }
  }

  // Earlier steps of any group are over.
  function tidy(the) {
    store((session) => {
      for (const name of Object.keys(session)) if (name.startsWith(PREFIX) && !(the && name === key(the))) session.removeItem(name);
    });
  }

  document.addEventListener('input', (event) => { if (form() && form().contains(event.target)) keep(); });
  document.addEventListener('change', (event) => { if (form() && form().contains(event.target)) keep(); });
  document.addEventListener('htmx:after:settle', restore);
  document.addEventListener('live:replaced', restore);
  window.addEventListener('pageshow', restore);
  restore();
})();
