// Forms of a plan: lists grow while one types, and no one leaves what is not saved by mistake.
(() => {
  const form = document.querySelector('[data-typing]');
  if (!form) return;
  const content = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]).filter(([, value]) => value));
  const saved = content();
  let leaving = false;

  form.addEventListener('input', (event) => {
    const line = event.target.closest('[data-lines] > li:last-child');
    if (!line || !event.target.value.trim()) return;
    const more = line.cloneNode(true);
    more.firstElementChild.value = '';
    event.target.setAttribute('aria-label', event.target.getAttribute('aria-label').replace('another line', 'line ' + line.parentElement.children.length));
    event.target.removeAttribute('placeholder');
    line.after(more);
  });
  form.addEventListener('submit', () => { leaving = true; });
  window.addEventListener('beforeunload', (event) => { if (!leaving && content() !== saved) event.preventDefault(); });
})();
