// Choosing stories for a group: a search over what is in the list, and the chosen ones in view with their order. Where
// one story is chosen, the search alone.
// Without this it is a plain list of boxes to tick, which run in the order of the list.
(() => {
  const finder = document.querySelector('[data-finder]');
  if (!finder) return;
  const form = finder.closest('form');
  const stories = [...form.querySelectorAll('[data-story]')];
  const find = (what) => finder.querySelector('[data-find-' + what + ']');
  const list = form.querySelector('[data-chosen]');
  const box = (story) => story.querySelector('input');
  let order = stories.filter((story) => box(story).checked);

  function matches(story) {
    const words = find('text').value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const text = story.textContent.toLowerCase();
    const topic = find('topic')?.value ?? '';
    return words.every((word) => text.includes(word))
      && (!find('level').value || story.dataset.level === find('level').value)
      && (!topic || story.dataset.topics.split('|').includes(topic));
  }

  function filter() {
    let found = 0;
    for (const story of stories) {
      story.hidden = !matches(story);
      if (!story.hidden) found += 1;
    }
    const further = document.getElementById('level-3');
    if (further && [...further.querySelectorAll('[data-story]')].some((story) => !story.hidden) && (find('text').value || find('level').value || find('topic')?.value)) further.open = true;
    finder.querySelector('[data-found]').textContent = found === 1 ? '1 story found' : found + ' stories found';
  }

  function button(label, action, disabled) {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'btn btn--text';
    made.textContent = label[0];
    made.disabled = disabled;
    const whose = made.appendChild(document.createElement('span'));
    whose.className = 'vh';
    whose.textContent = ': ' + label[1];
    made.addEventListener('click', () => action());
    return made;
  }

  function show(focus) {
    list.replaceChildren(...order.map((story, place) => {
      const item = document.createElement('li');
      const title = story.querySelector('b').textContent;
      const name = item.appendChild(document.createElement('span'));
      name.textContent = title;
      const sent = item.appendChild(document.createElement('input'));
      Object.assign(sent, {type: 'hidden', name: 'vignette', value: story.dataset.story});
      const move = (by) => () => { order.splice(place + by, 0, ...order.splice(place, 1)); show([place + by, by < 0 ? 0 : 1]); };
      const ways = item.appendChild(document.createElement('span'));
      ways.className = 'chosen__ways';
      ways.append(
        button(['Up', title], move(-1), place === 0),
        button(['Down', title], move(1), place === order.length - 1),
        button(['Remove', title], () => { box(story).checked = false; order = order.filter((one) => one !== story); show([Math.min(place, order.length - 1), 2]); }, false),
      );
      return item;
    }));
    form.querySelector('[data-none]').hidden = order.length > 0;
    if (focus) {
      const buttons = list.children[focus[0]]?.querySelectorAll('button') ?? [];
      (buttons[focus[1]]?.disabled ? buttons[2] : buttons[focus[1]] ?? find('text'))?.focus();
    }
  }

  // A browser that goes back to this page ticks the boxes of before.
  function follow() {
    order = [...order.filter((story) => box(story).checked), ...stories.filter((story) => box(story).checked && !order.includes(story))];
    show();
  }

  if (list) {
    for (const story of stories) {
      box(story).removeAttribute('name');   // the list below sends them, in its order
      box(story).addEventListener('change', follow);
    }
    form.querySelector('[data-chosen-part]').hidden = false;
    addEventListener('pageshow', follow);
    show();
  }
  for (const field of [find('text'), find('level'), find('topic')]) field?.addEventListener('input', filter);
  find('text').addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  addEventListener('pageshow', filter);
  finder.hidden = false;
  filter();
})();
