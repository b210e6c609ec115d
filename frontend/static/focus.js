// After a swap, move the reader to what is new: the error if there is one, otherwise the heading.
// What comes later by itself into a part marked data-aside moves no one.
document.addEventListener('htmx:after:settle', (event) => {
  if (event.target.closest?.('[data-aside]')) return;
  const main = document.getElementById('main');
  const heading = main.querySelector('h1[tabindex]');
  const target = main.querySelector('[role="alert"][tabindex]') || heading;
  if (!target) return;
  if (heading) document.title = (heading.dataset.title || heading.textContent.trim()) + ' · Three Circles';
  if (target === heading) window.scrollTo(0, 0);
  target.focus({preventScroll: target === heading});
});
