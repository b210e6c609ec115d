// Times that the server tells in minutes from now, as the clock on this device shows them.
(() => {
  const told = new Intl.DateTimeFormat(document.documentElement.lang, {hour: '2-digit', minute: '2-digit'});
  const tell = () => {
    for (const place of document.querySelectorAll('[data-clock]')) place.textContent = 'about ' + told.format(new Date(place.dataset.clock));
  };
  for (const moment of ['live:replaced', 'htmx:after:settle']) document.addEventListener(moment, tell);
  tell();
})();
