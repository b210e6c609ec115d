// The small picture of the shared screen in the facilitator view, in a tree of its own: what it holds is not part of the
// page, for readers, for keys and for scripts.
(() => {
  const sheets = [...document.querySelector('[data-preview-styles]').content.querySelectorAll('link')].map((link) => link.getAttribute('href'));

  function draw(place) {
    if (place.dataset.drawn) return;
    place.dataset.drawn = 'yes';
    const picture = place.querySelector('template[data-preview]');
    const tree = place.attachShadow({mode: 'closed'});
    let missing = sheets.length;
    place.classList.add('is-loading');
    for (const href of sheets) {
      const link = document.createElement('link');
      Object.assign(link, {rel: 'stylesheet', href});
      const done = () => { missing -= 1; if (!missing) place.classList.remove('is-loading'); };
      link.addEventListener('load', done);
      link.addEventListener('error', done);
      tree.append(link);
    }
    tree.append(picture.content.cloneNode(true));
  }

  const drawAll = () => document.querySelectorAll('.preview').forEach(draw);
  for (const moment of ['live:replaced', 'htmx:after:settle']) document.addEventListener(moment, drawAll);
  drawAll();
})();
