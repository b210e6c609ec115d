// The lines of a pause, one after the other, for anyone who starts them. Without this they stand below each other.
(() => {
  const AFTER = 'That is the end of the guide. You can stay here as long as you like.';

  function start(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = 'yes';
    const find = (what) => root.querySelector('[data-guide-' + what + ']');
    const [line, list, go, stop] = ['line', 'lines', 'start', 'stop'].map(find);
    const lines = [...list.children].map((item) => item.textContent);
    let timer = 0;

    function running(now) {
      root.classList.toggle('is-running', now);
      if (!now) line.textContent = '';   // never hidden: a reader is told only of what changes in sight
      list.hidden = now;
      go.hidden = now;
      stop.hidden = !now;
    }

    function say(number) {
      if (!root.isConnected) return;
      line.textContent = lines[number] ?? AFTER;
      if (number < lines.length) timer = setTimeout(say, root.dataset.seconds * 1000, number + 1);
      else { root.classList.remove('is-running'); stop.textContent = 'Show the lines'; }
    }

    go.addEventListener('click', () => {
      stop.textContent = 'Stop';
      running(true);
      stop.focus({preventScroll: true});
      say(0);
    });
    stop.addEventListener('click', () => {
      clearTimeout(timer);
      running(false);
      go.focus({preventScroll: true});
    });
    find('actions').hidden = false;
  }

  const startAll = () => document.querySelectorAll('[data-guide]').forEach(start);
  document.addEventListener('htmx:after:settle', startAll);
  document.addEventListener('live:replaced', startAll);
  startAll();
})();
